import { isObject, type JSONObject } from '../lib/json-object.js'

/** The parts of a recorded request that are needed to send it again. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  /** With placeholders for secrets. */
  readonly requestHeaders: readonly (readonly [name: string, value: string])[]
  readonly requestBody: string | undefined
  /** Whether the body was truncated. */
  readonly isBodyTruncated: boolean
}

/** Replaces a secret. */
export const PLACEHOLDER = '••••••'

/** Headers that the library sets. */
const STANDARD_HEADERS = new Set(['content-type', 'accept', 'authorization'])

/** A header set by the caller. */
export interface CustomHeader {
  readonly name: string
  readonly value: string
  /** The environment variable for a secret value. */
  readonly variable: string | undefined
}

/** Whether the request had a token. */
export const hasToken = ({ requestHeaders }: RecordedRequest): boolean =>
  requestHeaders.some(([name]) => name.toLowerCase() === 'authorization')

/** Returns the headers that the library does not set itself. */
export const customHeaders = ({ requestHeaders }: RecordedRequest): CustomHeader[] =>
  requestHeaders
    .filter(([name]) => !STANDARD_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => ({
      name,
      value,
      variable: value.includes(PLACEHOLDER)
        ? name
            .toUpperCase()
            .replaceAll(/\W/g, '_')
            .replace(/^(?=\d)/, '_')
        : undefined,
    }))

/** The environment variable for the API token, as in LM Studio's examples and in this package. */
export const TOKEN_VARIABLE = 'LM_API_TOKEN'

/** Returns the body if it is a complete JSON object. */
export function bodyOf({ requestBody, isBodyTruncated }: RecordedRequest): JSONObject | undefined {
  return requestBody === undefined || isBodyTruncated ? undefined : parseObject(requestBody)
}

/** Parses a JSON object; `undefined` for anything else. */
export function parseObject(text: string): JSONObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

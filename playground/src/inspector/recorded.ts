/** What of a recorded request it takes to make it again. */
export interface Recorded {
  readonly method: string
  readonly url: string
  /** With placeholders in place of secrets. */
  readonly requestHeaders: readonly (readonly [name: string, value: string])[]
  readonly requestBody: string | undefined
  /** Whether the body is only a beginning. */
  readonly isBodyTruncated: boolean
}

/** What stands where a secret was. */
const PLACEHOLDER = '••••••'

/** Headers a request has anyway. */
const USUAL = new Set(['content-type', 'accept', 'authorization'])

/** A header that someone has set. */
export interface OwnHeader {
  readonly name: string
  readonly value: string
  /** The variable that a secret is read from. */
  readonly variable: string | undefined
}

/** Whether the request had a token. */
export const hasToken = ({ requestHeaders }: Recorded): boolean =>
  requestHeaders.some(([name]) => name.toLowerCase() === 'authorization')

/** The headers beside those that the library sets. */
export const ownHeaders = ({ requestHeaders }: Recorded): OwnHeader[] =>
  requestHeaders
    .filter(([name]) => !USUAL.has(name.toLowerCase()))
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

/** The variable of the API token, as LM Studio's own examples and this package name it. */
export const TOKEN_VARIABLE = 'LM_API_TOKEN'

export type JSONObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JSONObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body as an object; `undefined` for any other. */
export function bodyOf({ requestBody, isBodyTruncated }: Recorded): JSONObject | undefined {
  if (requestBody === undefined || isBodyTruncated) return undefined
  try {
    const body: unknown = JSON.parse(requestBody)
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}

import { isObject } from '../../utils/json.js'
import { objectsIn } from './types.js'

/** A message or delta of a chat completion, as far as the probes read it. */
export interface WireMessage {
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly tool_calls?: unknown
}

interface WireChoice {
  readonly message: WireMessage
  readonly delta: WireMessage
  readonly text: unknown
  readonly finish_reason: unknown
}

const NO_CHOICE: WireChoice = { message: {}, delta: {}, text: undefined, finish_reason: undefined }

/** Returns the first choice of a completion or chunk; an empty one if there is none. */
export function choiceOf(body: Readonly<Record<string, unknown>>): WireChoice {
  const [choice] = objectsIn(body['choices'])
  if (choice === undefined) return NO_CHOICE
  const { message, delta, text, finish_reason } = choice
  return { message: isObject(message) ? message : {}, delta: isObject(delta) ? delta : {}, text, finish_reason }
}

/** Returns a text of the wire; `null` and absence are the empty text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Returns the reasoning of a message in a field of its own. */
export const reasoningOf = ({ reasoning_content, reasoning }: WireMessage): string =>
  textOf(reasoning_content) || textOf(reasoning)

/** Returns the functions that a message calls. */
export function callsOf({ tool_calls }: WireMessage): { readonly name: unknown; readonly arguments: unknown }[] {
  return objectsIn(tool_calls).map((call) => {
    const { name, arguments: args } = isObject(call['function']) ? call['function'] : {}
    return { name, arguments: args }
  })
}

/** Returns the message of an error body in any of its shapes (docs/http-api.md 8.2). */
export function errorText(body: Readonly<Record<string, unknown>>): string {
  const { error, message } = body
  if (typeof error === 'string') return error
  if (isObject(error)) return textOf(error['message'])
  return textOf(message)
}

export const isCatchAll = (body: Readonly<Record<string, unknown>>): boolean =>
  /unexpected endpoint or method/i.test(errorText(body))

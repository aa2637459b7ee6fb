import { redact } from '../../errors/redact.js'
import { createScrub } from '../../http/scrub.js'
import { isObject } from '../../utils/json.js'
import { objectsIn } from './types.js'

// Fields in which a server shows a prompt, such as the settings of a model.
const PROMPT_FIELDS = /("(?:prompt|system_prompt|instructions|system)"\s*:\s*)"(?:[^"\\]|\\.)*"/g

// `/home/name`, `/Users/name` and `C:\Users\name`, in which JSON doubles the backslashes. Models lie in such folders.
const HOME_FOLDERS = /((?:\/home|\/Users|[A-Za-z]:(?:\\\\?|\/)Users)(?:\\\\?|\/))[^\\/"'\n]+/g

/** Returns a function that removes secrets, prompts and names of people from a text that is to be shared. */
export function createSanitizer(secrets: readonly string[], bodies: readonly unknown[]): (text: string) => string {
  const scrub = createScrub(secrets, bodies.map(promptsOf))
  return (text) => redact(scrub(text)).replaceAll(PROMPT_FIELDS, '$1"[redacted]"').replaceAll(HOME_FOLDERS, '$1[user]')
}

/** Keeps the prompts of a request. What a model wrote earlier is a response, and stays. */
function promptsOf(body: unknown): unknown {
  if (!isObject(body)) return undefined
  const { messages, prompt, input } = body
  return { messages: objectsIn(messages).filter(({ role }) => role === 'user' || role === 'system'), prompt, input }
}

import type { Issue } from '../errors/request-errors.js'
import type { Message } from '../types/messages.js'

/** The two ways to say what is asked. */
interface Prompt {
  readonly messages?: readonly Message[] | undefined
  readonly prompt?: string | undefined
  readonly system?: string | undefined
}

/** The conversation that a checked request asks to go on with. */
export const toMessages = ({ messages, prompt, system }: Prompt): readonly Message[] =>
  messages ?? [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: prompt! },
  ]

/** What is wrong when neither of the two ways, or both, are taken. */
export const promptIssues = ({ messages, prompt }: Prompt): Issue[] =>
  (messages === undefined) === (prompt === undefined)
    ? [{ path: ['messages'], message: 'or `prompt` must be given, and only one of them' }]
    : []

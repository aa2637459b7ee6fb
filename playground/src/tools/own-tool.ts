import { tool, type Tool } from 'lmstudio-provider'
import { checkSchema } from '../lib/check-schema.js'
import { runInSandbox } from './sandbox.js'

/** A tool that the user defines. */
export interface OwnTool {
  /** Identifies the tool while its name changes. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** The JSON Schema of the arguments, as text. */
  readonly parameters: string
  readonly kind: 'script' | 'fixed'
  /** The body of an async function with the parameter `args`. */
  readonly script: string
  /** What a fixed tool returns: JSON or any other text. */
  readonly reply: string
}

export interface OwnToolProblems {
  readonly name?: string
  readonly parameters?: string
}

/** Returns what must change before a model can call the tool. */
export function problemsOf({ id, name, parameters }: OwnTool, taken: readonly Pick<OwnTool, 'id' | 'name'>[]) {
  const { problems, isValid } = checkSchema(parameters)
  const first = problems.find(({ severity }) => severity === 'error')
  return {
    ...(/^[a-z]\w{0,63}$/i.test(name) ? {} : { name: 'Use letters, digits and underscores, starting with a letter.' }),
    ...(taken.some((other) => other.id !== id && other.name === name) && { name: 'Another tool has this name.' }),
    ...(!isValid && { parameters: `Line ${first?.line}: ${first?.message.replaceAll('`', '')}` }),
  } satisfies OwnToolProblems
}

/** Converts a valid tool to one that the tool loop can run. */
export const toTool = ({ name, description, parameters, kind, script, reply }: OwnTool): Tool =>
  tool<Record<string, unknown>>({
    name,
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    parameters: JSON.parse(parameters) as Record<string, unknown>,
    execute: (args, { signal }) => (kind === 'fixed' ? reply : runInSandbox(script, args, signal)),
  }) as Tool

/** Validates stored data: another version of this page may have written it. */
export function isOwnTool(value: unknown): value is OwnTool {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, description, parameters, kind, script, reply } = value as Record<string, unknown>
  return (
    [id, name, description, parameters, script, reply].every((text) => typeof text === 'string') &&
    (kind === 'script' || kind === 'fixed')
  )
}

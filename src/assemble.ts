import type { decide } from './decisions/decide.js'
import type { decideMany } from './decisions/decide-many.js'
import { InvalidRequestError } from './errors/errors.js'
import { assertClient } from './http/client.js'
import type { Client } from './http/types.js'
import type { LMStudioProvider } from './provider.js'
import { isObject } from './utils/json.js'

/** A function of `lmstudio-provider/core`: its first parameter is the client. */
// eslint-disable-next-line typescript/no-explicit-any -- each verb has parameters of its own
type Verb = (client: Client, ...args: any[]) => unknown

/** TypeScript drops the type parameters of a function that a conditional type takes apart, so generic verbs are named. */
type Bound<V> = V extends typeof decide
  ? LMStudioProvider['decide']
  : V extends typeof decideMany
    ? LMStudioProvider['decideMany']
    : V extends (client: Client, ...args: infer Args) => infer Result
      ? (...args: Args) => Result
      : never

/** A provider with the given verbs as its methods. */
export type Assembled<Verbs> = { readonly name: 'lmstudio'; readonly endpoint: string } & {
  readonly [Name in keyof Verbs]: Bound<Verbs[Name]>
}

/**
 * Binds functions to a client, and so makes a provider of them: with only those that an application uses, the rest stays
 * out of its bundle.
 *
 * @throws {@link InvalidRequestError} the first argument is not a client, or a verb is not a function
 *
 * @example
 * ```ts
 * import { assemble, complete, createClient, runTools } from 'lmstudio-provider/core'
 *
 * const provider = assemble(createClient(), { complete })
 * await runTools(provider, { model, prompt, tools })
 * ```
 */
export function assemble<const Verbs extends Readonly<Record<string, Verb>>>(
  client: Client,
  verbs: Verbs,
): Assembled<Verbs> {
  assertClient(client)
  const isRecord = isObject(verbs) && Object.values(verbs).every((verb) => typeof verb === 'function')
  if (!isRecord) {
    throw new InvalidRequestError('The second argument of assemble must be an object of functions.', {
      hint: 'Pass functions of lmstudio-provider/core by name, such as { complete, listModels }.',
    })
  }
  if ('name' in verbs || 'endpoint' in verbs) {
    throw new InvalidRequestError('The names `name` and `endpoint` are taken by properties of the provider.', {
      hint: 'Give the function another name.',
    })
  }
  const methods = Object.entries(verbs).map(([name, verb]) => [
    name,
    (...args: unknown[]): unknown => verb(client, ...args),
  ])
  return {
    name: 'lmstudio',
    endpoint: client.config.endpoint,
    ...(Object.fromEntries(methods) as Omit<Assembled<Verbs>, 'name' | 'endpoint'>),
  } as Assembled<Verbs>
}

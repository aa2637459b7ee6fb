import type { Client } from './http/types.js'

/** A function of `lmstudio-provider/core`: its first parameter is the client. */
// eslint-disable-next-line typescript/no-explicit-any -- each verb has parameters of its own
type Verb = (client: Client, ...args: any[]) => unknown

type Bound<V> = V extends (client: Client, ...args: infer Args) => infer Result ? (...args: Args) => Result : never

/** A provider with the given verbs as its methods. */
export type Assembled<Verbs> = { readonly name: 'lmstudio'; readonly endpoint: string } & {
  readonly [Name in keyof Verbs]: Bound<Verbs[Name]>
}

/**
 * Binds functions to a client, and so makes a provider of them: with only those that an application uses, the rest stays
 * out of its bundle.
 *
 * @example
 * ```ts
 * import { assemble, complete, createClient } from 'lmstudio-provider/core'
 * import { runTools } from 'lmstudio-provider'
 *
 * const provider = assemble(createClient(), { complete })
 * await runTools(provider, { model, prompt, tools })
 * ```
 */
export function assemble<const Verbs extends Readonly<Record<string, Verb>>>(
  client: Client,
  verbs: Verbs,
): Assembled<Verbs> {
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

import type { Config } from '../config/options.js'
import { excerpt } from '../errors/redact.js'
import { redactSharedRuns } from './shared-runs.js'
import { replaceSecrets, withoutScheme } from './scrub.js'

/** Longer than any name that a person gives. */
const MAX_NAME_LENGTH = 100
// Tokens of a function change; those before the last few are no longer valid.
const MAX_SECRETS = 50

const secretsByConfig = /* @__PURE__ */ new WeakMap<Config, Set<string>>()

/** Remembers what a request authenticates with, so that no text from the server can repeat it. */
export function rememberSecrets(config: Config, secrets: readonly string[]): void {
  const known = secretsOf(config)
  secretsByConfig.set(config, known)
  for (const secret of secrets) {
    // Added anew, so that the oldest comes first.
    known.delete(secret)
    known.add(secret)
  }
  for (const secret of known) {
    if (known.size <= MAX_SECRETS) return
    known.delete(secret)
  }
}

/**
 * Makes a name that a server chose (of a model, an instance, a job, a setting) ready for a message, a hint or a log: without
 * secrets, printable, on one line and no longer than a name.
 */
export function foreignName(config: Config, name: string): string {
  const secrets = allForms(config)
  const text = name.slice(0, MAX_NAME_LENGTH * 8)
  return excerpt(redactSharedRuns(replaceSecrets(text, secrets), secrets, new Set()), MAX_NAME_LENGTH)
}

/** Returns the names as data, which a caller may send back: with secrets redacted, otherwise unchanged. */
export const withoutSecrets = (config: Config, names: readonly string[]): string[] =>
  names.map((name) => replaceSecrets(name, allForms(config)))

const secretsOf = (config: Config): Set<string> => secretsByConfig.get(config) ?? new Set()

const allForms = (config: Config): string[] => withoutScheme([...secretsOf(config)])

/** Lists names that a server chose. */
export const foreignNames = (config: Config, names: readonly string[]): string =>
  names.map((name) => foreignName(config, name)).join(', ')

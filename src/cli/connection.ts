import type { LMStudioOptions, LogEvent } from '../config/options.js'
import { createLMStudio } from '../create-lmstudio.js'
import { completeOptions } from '../node/create-lmstudio.js'
import type { LoadConfigOptions } from '../node/load-config.js'
import type { LMStudioProvider } from '../provider.js'
import { compact } from '../utils/json.js'
import type { Arguments } from './arguments.js'
import type { IO } from './io.js'
import { styleFor } from './style.js'
import { oneLine } from './text.js'

/** Returns the options of the provider that the command line itself sets. */
export function givenOptions(args: Arguments, io: IO, endpoint = args.text('endpoint')): LMStudioOptions {
  const seconds = args.integer('timeout', 1, 86_400)
  return compact({
    endpoint,
    apiToken: args.text('api-token'),
    allowRemote: args.flag('allow-remote') ? true : undefined,
    timeout: seconds === undefined ? undefined : seconds * 1000,
    logger: createLogger(io),
  })
}

/** Returns where the environment and config files are looked up. */
export const placesOf = ({ env, cwd }: IO): LoadConfigOptions => ({ env, cwd })

/** Returns all options of the provider: those of the command line, else of the environment, else of a config file. */
export function completedOptions(args: Arguments, io: IO, endpoint?: string): LMStudioOptions {
  return completeOptions(givenOptions(args, io, endpoint), placesOf(io))
}

/** Returns the token of options; `undefined` for none. */
export async function apiTokenOf({ apiToken }: Pick<LMStudioOptions, 'apiToken'>): Promise<string | undefined> {
  return (typeof apiToken === 'function' ? await apiToken() : apiToken) || undefined
}

export function connect(args: Arguments, io: IO, endpoint?: string): LMStudioProvider {
  return createLMStudio(completedOptions(args, io, endpoint))
}

/** The events that a person should see. Errors are printed where they are thrown. */
const SHOWN: readonly LogEvent['type'][] = ['diagnosis', 'security', 'model-substituted']

function createLogger({ stderr, env }: IO): (event: LogEvent) => void {
  const { yellow } = styleFor(stderr, env)
  return ({ level, type, message }) => {
    if (level === 'warn' && SHOWN.includes(type)) stderr.write(`${yellow('warning:')} ${oneLine(message)}\n`)
  }
}

import type { Arguments, Syntax } from './arguments.js'
import type { IO } from './io.js'
import type { OptionSpecs } from './option.js'

/** A subcommand of the command line. */
export interface Command extends Syntax {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Further lines of the help: exit codes and examples. */
  readonly details: string
  /** Runs the command and resolves to the exit code. */
  readonly run: (args: Arguments, io: IO) => Promise<number>
}

/** The options of every command that connects to a server. */
export const CONNECTION_OPTIONS = {
  'api-token': {
    type: 'string',
    value: 'token',
    description: 'API token; LMSTUDIO_API_TOKEN keeps it out of the process list',
  },
  'allow-remote': { type: 'boolean', description: 'allow an endpoint outside this machine and private networks' },
} as const satisfies OptionSpecs

export const ENDPOINT_OPTION = {
  endpoint: { type: 'string', value: 'url', description: 'address of the server' },
} as const satisfies OptionSpecs

export const JSON_OPTION = {
  json: { type: 'boolean', description: 'print JSON instead of text' },
} as const satisfies OptionSpecs

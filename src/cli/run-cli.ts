import { closestMatch } from '../utils/edit-distance.js'
import { UsageError, parseArguments } from './arguments.js'
import type { Command } from './command.js'
import { chat } from './commands/chat.js'
import { doctor } from './commands/doctor.js'
import { mock } from './commands/mock.js'
import { models } from './commands/models.js'
import { proxy } from './commands/proxy.js'
import { verify } from './commands/verify.js'
import { commandHelp, generalHelp } from './help.js'
import type { IO } from './io.js'
import { USAGE, reportError } from './report-error.js'
import { styleFor } from './style.js'
import { packageVersion } from './version.js'

const COMMANDS: readonly Command[] = [doctor, models, chat, proxy, mock, verify]

/** Runs the command line and resolves to the exit code. Failures are printed, not thrown. */
export async function runCLI(args: readonly string[], io: IO): Promise<number> {
  const [name, ...rest] = args
  const style = styleFor(io.stdout, io.env)
  if (name === undefined) {
    io.stderr.write(generalHelp(COMMANDS, styleFor(io.stderr, io.env)))
    return USAGE
  }
  if (name === '--version') {
    io.stdout.write(`${packageVersion()}\n`)
    return 0
  }
  if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    io.stdout.write(generalHelp(COMMANDS, style))
    return 0
  }
  let command: Command | undefined
  try {
    command = findCommand(name === 'help' ? rest[0]! : name)
    const parsed = name === 'help' ? undefined : parseArguments(command, rest)
    if (parsed !== undefined && !parsed.flag('help')) return await command.run(parsed, io)
    io.stdout.write(commandHelp(command, style))
    return 0
  } catch (error) {
    return reportError(error, io, { command: command?.name, isJSON: requestsJSON(rest) })
  }
}

/** Also where the arguments cannot be parsed. What follows `--` is text. */
const requestsJSON = (args: readonly string[]): boolean =>
  args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json')

function findCommand(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name)
  if (command !== undefined) return command
  const names = COMMANDS.map((one) => one.name)
  const match = closestMatch(name, names)
  const suggestion = match === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean ${match}?`
  throw new UsageError(`Unknown ${name.startsWith('-') ? 'option' : 'command'} ${JSON.stringify(name)}. ${suggestion}`)
}

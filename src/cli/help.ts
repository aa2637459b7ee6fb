import type { Command } from './command.js'
import type { OptionSpecs } from './option.js'
import type { Style } from './style.js'

const NAME = 'lmstudio-provider'

/** Returns the help of the whole command line. */
export function generalHelp(commands: readonly Command[], style: Style): string {
  const rows = commands.map(({ name, summary }): Row => [name, summary])
  return [
    `${style.bold('Usage:')} ${NAME} <command> [options]`,
    '',
    ...table(rows, style),
    '',
    `${NAME} <command> --help describes a command. --version prints the version.`,
    'The endpoint, the token and time limits come from options, else from the environment (LMSTUDIO_ENDPOINT,',
    'LMSTUDIO_API_TOKEN, …), else from lmstudio.config.json or .toml. See docs/configuration.md.',
    '',
  ].join('\n')
}

/** Returns the help of one command. */
export function commandHelp({ name, summary, positionals, options, details }: Command, style: Style): string {
  const usage = [NAME, name, '[options]', positionals].filter(Boolean).join(' ')
  return [
    `${style.bold('Usage:')} ${usage}`,
    '',
    `${summary}.`,
    '',
    ...table([...optionRows(options), ['--help', 'show this help']], style),
    '',
    details.trim(),
    '',
  ].join('\n')
}

type Row = readonly [string, string]

function optionRows(options: OptionSpecs): Row[] {
  return Object.entries(options).map(([name, { value, description, multiple }]) => [
    `--${name}${value === undefined ? '' : ` <${value}>`}`,
    multiple === true ? `${description} (can be repeated)` : description,
  ])
}

function table(rows: readonly Row[], { bold }: Style): string[] {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${bold(first)}${' '.repeat(width - first.length)}  ${second}`)
}

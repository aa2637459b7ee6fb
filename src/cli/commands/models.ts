import type { ModelInfo } from '../../models/types.js'
import { CONNECTION_OPTIONS, type Command, JSON_OPTION } from '../command.js'
import { connect } from '../connection.js'
import { type IO, interruptSignal } from '../io.js'
import { jsonLines, withoutRaw } from '../json.js'
import { styleFor } from '../style.js'
import { oneLine } from '../text.js'

export const models: Command = {
  name: 'models',
  summary: 'Lists the models of a server',
  positionals: '[endpoint]',
  count: { min: 0, max: 1 },
  options: {
    ...CONNECTION_OPTIONS,
    timeout: { type: 'string', value: 'seconds', description: 'time limit of a request (default: 30)' },
    ...JSON_OPTION,
  },
  details: `
Exit code: 0, or 1 if the models cannot be listed.

  lmstudio-provider models
  lmstudio-provider models --json | jq -r '.[] | select(.state == "loaded").id'
`,
  async run(args, io) {
    const { signal, release } = interruptSignal(io)
    try {
      const list = await connect(args, io, args.positionals[0]).listModels({ signal, refresh: true })
      if (args.flag('json')) io.stdout.write(jsonLines(list.map(withoutRaw), 2))
      else printTable(list, io)
      return 0
    } finally {
      release()
    }
  },
}

const GAP = '  '
const HEADINGS = ['model', 'type', 'state', 'context', 'size', 'can']

function printTable(list: readonly ModelInfo[], { stdout, env }: IO): void {
  const style = styleFor(stdout, env)
  if (list.length === 0) {
    stdout.write('The server has no models.\n')
    return
  }
  const rows = list.map(rowOf)
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)))
  const width = widths.reduce((sum, column) => sum + column + GAP.length, -GAP.length)
  const isNarrow = stdout.columns !== undefined && width > stdout.columns
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join(GAP)
      .trimEnd()
  if (!isNarrow) stdout.write(`${style.bold(line(HEADINGS))}\n`)
  for (const [index, row] of rows.entries()) {
    const text = isNarrow ? block(row) : line(row)
    stdout.write(`${list[index]!.state === 'loaded' ? style.green(text) : text}\n`)
  }
}

/** The cells of a row below its name, for a terminal that is narrower than the table. */
function block([name, ...cells]: readonly string[]): string {
  const lines = cells.flatMap((cell, index) => (cell === '-' ? [] : [`  ${HEADINGS[index + 1]!.padEnd(9)}${cell}`]))
  return [name, ...lines].join('\n')
}

function rowOf(model: ModelInfo): string[] {
  const { vision, toolUse, reasoning } = model.capabilities
  const abilities = [vision && 'vision', toolUse && 'tools', reasoning && 'reasoning'].filter(Boolean).join(', ')
  return [
    oneLine(model.id),
    model.type === 'unknown' ? '-' : model.type,
    model.state === 'unknown' ? '-' : model.state,
    contextOf(model),
    model.sizeBytes === undefined ? '-' : `${(model.sizeBytes / 1e9).toFixed(1)} GB`,
    abilities || '-',
  ]
}

/** The context that can be used now, and the most that the model supports. */
function contextOf({ contextLength, maxContextLength }: ModelInfo): string {
  if (contextLength === undefined) return maxContextLength === undefined ? '-' : `up to ${maxContextLength}`
  return maxContextLength === undefined ? String(contextLength) : `${contextLength} of ${maxContextLength}`
}

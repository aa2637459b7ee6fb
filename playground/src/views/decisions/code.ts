import { rawCode, toSource } from '../../inspector/literal.js'
import { toOptions, toQuestion, type Option, type QuestionRow } from './question-rows.js'

export interface DecideCall {
  readonly model: string
  readonly fallback: 'chat' | undefined
  readonly input: string
  readonly rows: readonly QuestionRow[]
}

/** Generates the call with which a program asks the questions. */
export function toCode({ model, fallback, input, rows }: DecideCall): string {
  const used = new Set(['createLMStudio'])
  const questionCode = (row: QuestionRow): unknown => {
    const args = argumentsOf(row)
    if (args === undefined) return toQuestion(row)
    used.add(row.type)
    return rawCode(`${row.type}(${args.map((value) => toSource(value, '    ')).join(', ')})`)
  }
  const questions = Object.fromEntries(rows.map((row) => [row.name.trim(), questionCode(row)]))
  return [
    `import { ${[...used].sort().join(', ')} } from 'lmstudio-provider'`,
    '',
    'const lmstudio = createLMStudio()',
    `const { answers } = await lmstudio.decide(${toSource({ model, fallback, input, questions })})`,
    'console.log(answers)',
  ].join('\n')
}

/** The arguments of the function that creates the question. `undefined`: it cannot create exactly this question. */
function argumentsOf({ type, instructions, options }: QuestionRow): unknown[] | undefined {
  if (type === 'predicate') return [instructions]
  const list = toOptions(options)
  if (list.every(({ description }) => description === undefined)) return [instructions, list.map(({ value }) => value)]
  if (type === 'score') return [instructions, list.map(toShortLevel)]
  // An object needs a description for each choice, and it moves keys that are numbers to its start.
  const canBeObject = list.every(({ value, description }) => description !== undefined && !/^\d+$/.test(value))
  return canBeObject
    ? [instructions, Object.fromEntries(list.map(({ value, description }) => [value, description]))]
    : undefined
}

const toShortLevel = ({ value, description }: Option): unknown =>
  description === undefined ? value : { label: value, description }

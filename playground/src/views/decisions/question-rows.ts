import type { Question, Questions } from 'lmstudio-provider'

/** A question as it is edited. */
export interface QuestionRow {
  /** Identifies the row while its name changes. */
  readonly id: number
  readonly name: string
  readonly type: Question['type']
  readonly instructions: string
  /** The choices or levels, one per line; kept while the type has none. */
  readonly options: string
}

export interface Option {
  readonly value: string
  readonly description: string | undefined
}

/** Reads one option per line: `value` or `value: description`. Blank lines are ignored. */
export function toOptions(text: string): Option[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, value, description] = /^(.+?)\s*:\s+(.+)$/.exec(line) ?? [line, line]
      return { value: value!, description }
    })
}

const toLevel = ({ value: label, description }: Option) => ({ label, description })

/** Whether the type of a question has choices or levels. */
export const hasOptions = ({ type }: QuestionRow): boolean => type !== 'predicate'

export interface RowProblems {
  readonly name?: string
  readonly instructions?: string
  readonly options?: string
}

/** What must change before the questions can be asked, for each row. */
export function problemsOf(rows: readonly QuestionRow[]): readonly RowProblems[] {
  const names = rows.map(({ name }) => name.trim())
  return rows.map((row, index) => {
    const name = names[index]!
    return {
      ...(name === '' && { name: 'Enter a name.' }),
      ...(name !== '' && names.indexOf(name) < index && { name: 'Another question has this name.' }),
      ...(row.instructions.trim() === '' && { instructions: 'Enter the question.' }),
      ...(hasOptions(row) && optionsProblem(toOptions(row.options))),
    }
  })
}

function optionsProblem(options: readonly Option[]): RowProblems {
  if (options.length < 2) return { options: 'Enter at least two, one per line.' }
  const isUnique = new Set(options.map(({ value }) => value)).size === options.length
  return isUnique ? {} : { options: 'All lines must have different values.' }
}

/** Converts valid rows to the questions of a request. */
export const toQuestions = (rows: readonly QuestionRow[]): Questions =>
  Object.fromEntries(rows.map((row) => [row.name.trim(), toQuestion(row)]))

/** Converts a valid row to a question. */
export function toQuestion({ type, instructions, options }: QuestionRow): Question {
  const list = toOptions(options)
  if (type === 'predicate') return { type, instructions }
  if (type === 'score') return { type, instructions, levels: list.map(toLevel) }
  return { type, instructions, choices: list }
}

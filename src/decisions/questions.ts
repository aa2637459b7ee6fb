import type { ChoiceQuestion, PredicateQuestion, ScoreQuestion } from './types.js'

/** Asks whether something is true. */
export const predicate = (instructions: string): PredicateQuestion => ({ type: 'predicate', instructions })

type Choices = Readonly<Record<string, string>> | readonly (string | boolean)[]
type ValueOf<C extends Choices> = C extends readonly (infer Value extends string | boolean)[]
  ? Value
  : Extract<keyof C, string>

/**
 * Asks for one of several answers.
 *
 * @param choices - the answers as a list, or as an object that describes each of them
 *
 * @example
 * ```ts
 * choice('Who handles this?', { billing: 'Payments and refunds', tech: 'Bugs' })
 * ```
 */
export function choice<const C extends Choices>(instructions: string, choices: C): ChoiceQuestion<ValueOf<C>> {
  const list = Array.isArray(choices)
    ? (choices as readonly ValueOf<C>[]).map((value) => ({ value }))
    : Object.entries(choices).map(([value, description]) => ({
        value: value as ValueOf<C>,
        description: description as string,
      }))
  return { type: 'choice', instructions, choices: list }
}

type Level = string | { readonly label: string; readonly description?: string }
type LabelOf<L extends Level> = L extends { readonly label: infer Label extends string } ? Label : Extract<L, string>

/**
 * Asks for a level on a scale.
 *
 * @param levels - from the lowest to the highest
 *
 * @example
 * ```ts
 * score('How calm is the customer?', ['furious', 'annoyed', 'calm'])
 * ```
 */
export function score<const L extends Level>(instructions: string, levels: readonly L[]): ScoreQuestion<LabelOf<L>> {
  const list: unknown[] = levels.map((level) => (typeof level === 'string' ? { label: level } : level))
  return { type: 'score', instructions, levels: list as ScoreQuestion<LabelOf<L>>['levels'] }
}

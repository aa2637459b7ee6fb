import { asArray, asObject, asString, type JSONObject, isObject } from '../json-values.js'
import { throwOpenAIError } from '../replies/errors.js'
import { isImageURL } from './images.js'

/** One possible answer to a question. */
export interface DecisionOption {
  readonly value: string | boolean
  readonly description: string
}

/** A question, in one shape for both routes. */
export interface DecisionQuestion {
  readonly type: 'predicate' | 'choice' | 'score'
  readonly name: string | null
  readonly instructions: string
  /** Empty for a predicate. */
  readonly options: readonly DecisionOption[]
}

const invalid = (message: string, param: string): never => throwOpenAIError(message, param, null)

const requireString = (object: JSONObject, key: string, path: string): string =>
  typeof object[key] === 'string'
    ? object[key]
    : invalid(object[key] === undefined ? 'Required' : 'Invalid', path + key)

/** Reads the entries of a question. That two different ones are required is assumed. */
function readOptions(value: unknown, key: 'value' | 'label', path: string): readonly DecisionOption[] {
  if (!Array.isArray(value)) invalid(value === undefined ? 'Required' : 'Invalid', path)
  const options = asArray(value).map((one, index): DecisionOption => {
    const option = asObject(one)
    const text = option[key]
    if (typeof text !== 'string' && !(key === 'value' && typeof text === 'boolean')) {
      return invalid(text === undefined ? 'Required' : 'Invalid', `${path}.${index}.${key}`)
    }
    return { value: text, description: asString(option.description) }
  })
  if (options.length < 2 || new Set(options.map((option) => option.value)).size < options.length)
    invalid('Invalid', path)
  return options
}

/** Reads the questions of `POST /v1/decisions` (docs/http-api.md 15). The texts of the errors are assumed. */
export function readQuestions(value: unknown): readonly DecisionQuestion[] {
  if (!Array.isArray(value) || value.length === 0)
    return invalid(value === undefined ? 'Required' : 'Invalid', 'questions')
  return asArray(value).map((one, index) => {
    const path = `questions.${index}.`
    const question = asObject(one)
    const { type, name } = question
    if (name !== undefined && name !== null && typeof name !== 'string') invalid('Invalid', `${path}name`)
    const base = {
      name: typeof name === 'string' ? name : null,
      instructions: requireString(question, 'instructions', path),
    }
    if (type === 'predicate') return { type, ...base, options: [] }
    if (type === 'choice') return { type, ...base, options: readOptions(question.choices, 'value', `${path}choices`) }
    if (type === 'score') return { type, ...base, options: readOptions(question.levels, 'label', `${path}levels`) }
    return invalid('Invalid', `${path}type`)
  })
}

function readPart(value: unknown, path: string): string {
  const part = asObject(value)
  if (part.type === 'input_text') return requireString(part, 'text', `${path}.`)
  if (part.type !== 'input_image') return invalid('Invalid', `${path}.type`)
  if (!isImageURL(part.image_url))
    throwOpenAIError("'image_url' must be a base64 encoded image", 'input', 'invalid_value')
  return ''
}

/** Reads the text of the input: a string, or user messages. */
export function readInput(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value) || value.length === 0) return invalid(value === undefined ? 'Required' : 'Invalid', 'input')
  const texts = asArray(value).flatMap((one, index) => {
    const { role, content } = asObject(one)
    if (role !== 'user') invalid('Invalid', `input.${index}.role`)
    if (typeof content === 'string') return [content]
    if (!Array.isArray(content)) return invalid('Required', `input.${index}.content`)
    return asArray(content).map((part, at) => readPart(part, `input.${index}.content.${at}`))
  })
  return texts.join('\n')
}

/** Reads the questions of `POST /v1/systemone`, by id (docs/http-api.md 15). */
export function readSystemOneQuestions(value: unknown): readonly DecisionQuestion[] {
  if (!isObject(value) || Object.keys(value).length === 0) return invalid('Invalid', 'questions')
  return Object.entries(value).map(([name, one]) => {
    const path = `questions.${name}.`
    const question = asObject(one)
    const { type, criteria } = question
    const base = { name, instructions: requireString(question, 'instructions', path) }
    if (type === 'noul') return { type: 'predicate', ...base, options: [] }
    if (type === 'choice' && isObject(criteria)) {
      const options = Object.entries(criteria).map(([key, text]) => ({ value: key, description: asString(text) }))
      return { type, ...base, options }
    }
    if (type === 'score' && Array.isArray(criteria)) {
      return { type, ...base, options: criteria.map((text) => ({ value: asString(text), description: '' })) }
    }
    return invalid('Invalid', `${path}${type === 'choice' || type === 'score' ? 'criteria' : 'type'}`)
  })
}

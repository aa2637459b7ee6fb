import * as v from 'valibot'
import type { Issue } from '../errors/errors.js'
import { toImageURL } from '../generation/images.js'
import { MESSAGE_KEYS, messageIssues, messageSchema, partSchema } from '../generation/messages.js'
import type { ContentPart, UserMessage } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, id, name, oneOf, optional, variant, whole } from '../validation/schema.js'
import { invalidRequest, serialize, validateRequest } from '../validation/validate.js'
import type {
  ChoiceQuestion,
  DecisionBatchRequest,
  DecisionInput,
  DecisionRequest,
  PredicateQuestion,
  Question,
  Questions,
  ScoreQuestion,
} from './types.js'

const inputSchema = /* @__PURE__ */ once(() => {
  const text = v.custom<string>(
    (value) => typeof value === 'string' && value.trim() !== '',
    'must be a string that is not blank',
  )
  const messages = v.array(messageSchema())
  const parts = v.array(partSchema())
  const invalid = v.custom<never>(() => false, 'must be a string, or a list of user messages or of parts')
  return v.lazy((value): v.GenericSchema => {
    if (typeof value === 'string') return text
    if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return invalid
    return value.some((item) => 'role' in item) ? messages : parts
  })
})

const questionSchema = /* @__PURE__ */ once(() => {
  const type = v.string()
  const description = v.optional(v.string())
  const value = v.custom<string | boolean>(
    (one) => typeof one === 'boolean' || (typeof one === 'string' && one.trim() !== ''),
    'must be a non-empty string or a boolean',
  )
  const choices = v.array(v.strictObject({ value, description }))
  const levels = v.array(v.strictObject({ label: name, description }))
  return variant('type', {
    predicate: v.strictObject({ type, instructions: name } satisfies EntriesOf<PredicateQuestion>),
    choice: v.strictObject({ type, instructions: name, choices } satisfies EntriesOf<ChoiceQuestion>),
    score: v.strictObject({ type, instructions: name, levels } satisfies EntriesOf<ScoreQuestion>),
  })
})

/** Not `v.record`, which skips keys such as `constructor`. */
const questionsSchema = /* @__PURE__ */ once(() => {
  const invalid = v.custom<never>(() => false, 'must be an object of questions by name')
  return v.lazy((value): v.GenericSchema => {
    if (!isObject(value)) return invalid
    return v.strictObject(Object.fromEntries(Object.keys(value).map((key) => [key, questionSchema()])))
  })
})

const sharedEntries = /* @__PURE__ */ once(() => ({
  model: v.optional(id),
  questions: questionsSchema(),
  fallback: v.optional(oneOf(['chat'])),
}))

const requestSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    inputs: optional(() => false, 'is for `decideMany`; `decide` takes one `input`'),
    ...({ ...sharedEntries(), input: inputSchema() } satisfies EntriesOf<DecisionRequest>),
  }),
)

const batchSchema = /* @__PURE__ */ once(() => {
  const invalid = v.custom<never>(() => false, 'must be a list of at least one input')
  const inputs = v.lazy((value): v.GenericSchema =>
    Array.isArray(value) && value.length > 0 ? v.array(inputSchema()) : invalid,
  )
  return v.strictObject({
    input: optional(() => false, 'is for `decide`; `decideMany` takes `inputs`'),
    ...({
      ...sharedEntries(),
      inputs,
      concurrency: whole(1, 1000),
    } satisfies EntriesOf<DecisionBatchRequest>),
  })
})

const QUESTION_KEYS = ['type', 'instructions', 'choices', 'levels', 'value', 'label', 'description']

/**
 * Validates a request before anything is sent.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong
 */
export function validateDecisionRequest(request: DecisionRequest): void {
  validateRequest(requestSchema(), request, [...MESSAGE_KEYS, ...QUESTION_KEYS])
  throwIssues([...inputIssues(request.input, ['input']), ...questionIssues(request.questions)])
}

/**
 * Validates a request with many inputs before anything is sent.
 *
 * @throws {@link InvalidRequestError} lists everything that is wrong
 */
export function validateDecisionBatch(request: DecisionBatchRequest): void {
  validateRequest(batchSchema(), request, [...MESSAGE_KEYS, ...QUESTION_KEYS])
  const issues = request.inputs.flatMap((input, index) => inputIssues(input, ['inputs', index]))
  throwIssues([...issues, ...questionIssues(request.questions)])
}

function throwIssues(issues: readonly Issue[]): void {
  if (issues.length > 0) throw invalidRequest(issues)
}

const isMessages = (input: readonly (ContentPart | UserMessage)[]): input is readonly UserMessage[] =>
  input.some((item) => 'role' in item)

function inputIssues(input: DecisionInput, path: Issue['path']): Issue[] {
  if (typeof input === 'string' || !isMessages(input)) return []
  const roles = input.flatMap(({ role }, index): Issue[] =>
    role === 'user' ? [] : [{ path: [...path, index, 'role'], message: 'must be `user`' }],
  )
  const contents = messageIssues(input, '').map(({ path: [, ...rest], message }) => ({
    path: [...path, ...rest],
    message,
  }))
  return [...roles, ...contents]
}

function questionIssues(questions: Questions): Issue[] {
  const entries = Object.entries(questions)
  if (entries.length === 0) return [{ path: ['questions'], message: 'must have at least one question' }]
  return entries.flatMap(([key, question]): Issue[] => {
    if (key.trim() === '') return [{ path: ['questions', key], message: 'must have a name that is not blank' }]
    if (question.type === 'predicate') return []
    const field = question.type === 'choice' ? 'choices' : 'levels'
    // As text, because the probabilities have the values as their keys: "true" and true would be one.
    const values = optionsOf(question).map(({ value }) => String(value))
    const message =
      values.length < 2 ? 'must have at least two entries' : new Set(values).size < values.length && 'must all differ'
    return message ? [{ path: ['questions', key, field], message }] : []
  })
}

/** Returns the possible answers of a question, in their order. */
export function optionsOf(
  question: ChoiceQuestion | ScoreQuestion,
): readonly { readonly value: string | boolean; readonly description?: string | undefined }[] {
  return question.type === 'choice'
    ? question.choices
    : question.levels.map(({ label, description }) => ({ value: label, description }))
}

/** Returns the user messages of an input. */
export function toUserMessages(input: DecisionInput): readonly UserMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  return isMessages(input) ? input : [{ role: 'user', content: input }]
}

/** Maps a valid request to the body of `POST /v1/decisions`. Only images make the body a promise. */
export function toDecisionBody({
  model,
  input,
  questions,
}: DecisionRequest & { readonly model: string }): string | Promise<string> {
  const wireQuestions = Object.entries(questions).map(([key, question]) => ({ name: key, ...toWireQuestion(question) }))
  const body = (value: unknown): string => serialize({ model, input: value, questions: wireQuestions })
  if (typeof input === 'string') return body(input)
  const messages = toUserMessages(input)
  const isOneMessage = !isMessages(input)
  return Promise.all(messages.map((message, index) => toWireMessage(message, isOneMessage ? [] : [index]))).then(body)
}

/** Copied field by field, because the request may hold questions that were made by hand. */
function toWireQuestion(question: Question): JSONObject {
  const { type, instructions } = question
  if (question.type === 'choice') return { type, instructions, choices: question.choices }
  return question.type === 'score' ? { type, instructions, levels: question.levels } : { type, instructions }
}

async function toWireMessage({ role, content }: UserMessage, path: Issue['path']): Promise<JSONObject> {
  if (typeof content === 'string') return { role, content }
  const toPart = async (part: ContentPart, position: number): Promise<JSONObject> => {
    if (part.type === 'text') return { type: 'input_text', text: part.text }
    const at = ['input', ...path, ...(path.length === 0 ? [] : ['content']), position, 'image']
    return { type: 'input_image', image_url: await toImageURL(part.image, at) }
  }
  return { role, content: await Promise.all(content.map(toPart)) }
}

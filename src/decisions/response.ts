import * as v from 'valibot'
import { InvalidResponseError } from '../errors/errors.js'
import { toUsage, usageSchema } from '../generation/usage.js'
import { isObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { text } from '../validation/schema.js'
import { parseResponse } from '../validation/validate.js'
import { optionsOf } from './request.js'
import type {
  AnswerOf,
  ChoiceQuestion,
  DecisionResponse,
  PredicateAnswer,
  Question,
  Questions,
  RefusalAnswer,
  ScoreQuestion,
} from './types.js'

/** Response body of `POST /v1/decisions`. The answers are read one by one, each as its question requires. */
const decisionsSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    model: text,
    answers: v.array(v.custom<WireAnswer>(isObject)),
    usage: v.nullish(usageSchema),
  }),
)

type WireAnswer = Readonly<Record<string, unknown>>

/** What is needed to read the answers. */
interface ReadContext {
  readonly model: string
  readonly questions: Questions
  readonly endpoint: string
}

/**
 * Maps a response body to answers by name.
 *
 * @throws {@link InvalidResponseError} an answer is missing, belongs to no question, or cannot be read
 */
export function parseDecisions<Q extends Questions>(
  body: unknown,
  context: ReadContext,
): DecisionResponse<Q, undefined> {
  const { model, questions, endpoint } = context
  const wire = parseResponse(decisionsSchema(), body, 'The response', { endpoint })
  const matched = matchAnswers(wire.answers, Object.keys(questions), endpoint)
  const answers = Object.entries(questions).map(([key, question]) => [
    key,
    readAnswer(question, matched.get(key)!, (problem) => wrongAnswers(`The answer to “${key}” ${problem}.`, endpoint)),
  ])
  return {
    model: wire.model || model,
    answers: Object.fromEntries(answers) as DecisionResponse<Q, undefined>['answers'],
    via: 'decisions',
    usage: toUsage(wire.usage),
    raw: body,
  }
}

const wrongAnswers = (message: string, endpoint: string): InvalidResponseError =>
  new InvalidResponseError(message, { code: 'wrong-answers', endpoint })

/**
 * Finds the answer to each question: by its name, whatever the order, or by its position if no answer has a name. Anything
 * else is refused, because an answer to the wrong question is worse than none.
 */
function matchAnswers(
  answers: readonly WireAnswer[],
  names: readonly string[],
  endpoint: string,
): Map<string, WireAnswer> {
  if (answers.length !== names.length) {
    throw wrongAnswers(
      `The number of answers is wrong: expected ${names.length}, received ${answers.length}.`,
      endpoint,
    )
  }
  const nameOf = ({ name }: WireAnswer): string => (typeof name === 'string' ? name : '')
  const hasNames = answers.some((answer) => nameOf(answer) !== '')
  const matched = new Map(answers.map((answer, index) => [hasNames ? nameOf(answer) : names[index]!, answer]))
  // As many different names as there are answers, and each of them requested.
  if (matched.size !== names.length || names.some((name) => !matched.has(name))) {
    throw wrongAnswers('The names of the answers are not those of the questions.', endpoint)
  }
  return matched
}

function readAnswer(
  question: Question,
  wire: WireAnswer,
  fail: (problem: string) => InvalidResponseError,
): AnswerOf<Question> {
  if (wire['type'] === 'refusal') return toRefusal(wire)
  if (wire['type'] !== question.type) throw fail('is of another type than the question')
  if (question.type === 'predicate') return toPredicate(wire, fail)
  const options = optionsOf(question).map(({ value }) => value)
  const probabilities = readProbabilities(question, wire['probabilities'], options, fail)
  const confidence = isProbability(wire['confidence']) ? wire['confidence'] : undefined
  const shared = { confidence, probabilities: Object.fromEntries(options.map((key, at) => [key, probabilities[at]!])) }
  if (question.type === 'choice') {
    const choice = options.find((value) => value === wire['choice'])
    if (choice === undefined) throw fail('is not one of the choices')
    return { type: 'choice', choice, ...shared }
  }
  const { score } = wire
  if (typeof score !== 'number' || !(score >= 0 && score <= options.length - 1)) throw fail('is not on the scale')
  const level = options[probabilities.indexOf(Math.max(...probabilities))] as string
  return { type: 'score', score, level, ...shared }
}

function toPredicate(wire: WireAnswer, fail: (problem: string) => InvalidResponseError): PredicateAnswer {
  const { probability } = wire
  if (!isProbability(probability)) throw fail('has no probability from 0 to 1')
  return { type: 'predicate', isTrue: probability >= 0.5, probability }
}

/** The field with the explanation is not documented. */
function toRefusal(wire: WireAnswer): RefusalAnswer {
  const texts = [wire['refusal'], wire['explanation'], wire['reason'], wire['message']]
  return { type: 'refusal', explanation: texts.find((one) => typeof one === 'string') }
}

/** Returns the probabilities in the order of the options. They are found by value, or by level index on a scale. */
function readProbabilities(
  question: ChoiceQuestion | ScoreQuestion,
  wire: unknown,
  options: readonly (string | boolean)[],
  fail: (problem: string) => InvalidResponseError,
): number[] {
  const entries = Array.isArray(wire) ? wire.filter(isObject) : []
  return options.map((option, index) => {
    const matching = entries.filter(({ value, label }) =>
      question.type === 'choice'
        ? value === option
        : label === option || (typeof label !== 'string' && value === index),
    )
    const probability = matching[0]?.['probability']
    if (matching.length !== 1 || !isProbability(probability)) throw fail('does not have one probability per option')
    return probability
  })
}

const isProbability = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1

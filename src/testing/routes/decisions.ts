import type { Exchange } from '../exchange.js'
import { decide } from '../generate/decide.js'
import { estimateTokens } from '../generate/tokens.js'
import { asObject, asString } from '../json-values.js'
import { throwOpenAIError } from '../replies/errors.js'
import { type WireResponse, jsonResponse } from '../replies/wire-response.js'
import { type DecisionQuestion, readInput, readQuestions, readSystemOneQuestions } from '../requests/decisions.js'
import { resolveModel } from '../resolve-model.js'

function readModel(exchange: Exchange): string {
  const { model } = asObject(exchange.body)
  if (asString(model) === '')
    throwOpenAIError("Missing required parameter: 'model'.", 'model', 'missing_required_parameter')
  return asString(model)
}

function usageOf(input: string, questions: readonly DecisionQuestion[]): object {
  const tokens = estimateTokens(input + questions.map(({ instructions }) => instructions).join(''))
  return {
    input_tokens: tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens,
  }
}

function answer(input: string, question: DecisionQuestion): object {
  const { type, name, options } = question
  const { probabilities, best, expectation, confidence } = decide(input, question)
  if (type === 'predicate') return { type, name, probability: probabilities[1] }
  if (type === 'choice') {
    const list = options.map(({ value }, index) => ({ value, probability: probabilities[index] }))
    return { type, name, choice: options[best]?.value, probabilities: list, confidence }
  }
  const list = options.map(({ value: label }, value) => ({ value, label, probability: probabilities[value] }))
  return { type, name, score: expectation, probabilities: list, confidence }
}

/** `POST /v1/decisions` */
export async function decisions(exchange: Exchange): Promise<WireResponse> {
  const body = asObject(exchange.body)
  const input = readInput(body.input)
  const questions = readQuestions(body.questions)
  const { instance } = await resolveModel(exchange, readModel(exchange), 'decision')
  const answers = questions.map((question) => answer(input, question))
  return jsonResponse({ model: instance.id, answers, usage: usageOf(input, questions) })
}

/** `POST /v1/systemone`: the same answers by id. The shape of the answers is assumed. */
export async function systemOne(exchange: Exchange): Promise<WireResponse> {
  const body = asObject(exchange.body)
  const input = typeof body.state === 'string' ? body.state : JSON.stringify(body.state ?? '')
  const questions = readSystemOneQuestions(body.questions)
  const { instance } = await resolveModel(exchange, readModel(exchange), 'decision')
  const answers = questions.map((question) => {
    const { probabilities, best, expectation, confidence } = decide(input, question)
    const { name, type, options } = question
    if (type === 'predicate') return [name, { type: 'noul', noul: probabilities[1], confidence }]
    const keys = options.map(({ value }, index) => (type === 'choice' ? String(value) : String(index)))
    const byKey = Object.fromEntries(keys.map((key, index) => [key, probabilities[index]]))
    return type === 'choice'
      ? [name, { type, choice: options[best]?.value, probabilities: byKey, confidence }]
      : [name, { type, score: expectation, probabilities: byKey, confidence }]
  })
  return jsonResponse({ model: instance.id, answers: Object.fromEntries(answers), usage: usageOf(input, questions) })
}

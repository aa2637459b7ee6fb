import { predicate, type PartialDecisions } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { rejectionOf } from '../helpers/provider-errors.js'
import { connect, setUp } from '../integration/support/provider.js'
import { sendJSON, serve } from '../integration/support/servers.js'

const JUDGE = 'acme/judge-1b'
const QUESTIONS = { angry: predicate('Is the customer angry?') }
const REQUEST = { model: JUDGE, questions: QUESTIONS }

/** Answers with the input as the probability, in the order in which `release` is called. */
async function serveInputs(handle: (input: string, respond: (status?: number) => void) => void) {
  const server = await serve((request, response) => {
    // The list that explains a refusal.
    if (request.method === 'GET') return sendJSON(response, { error: 'None.' }, 404)
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { input } = JSON.parse(text) as { input: string }
      const body = {
        model: JUDGE,
        answers: [{ type: 'predicate', name: 'angry', probability: Number(input) }],
        usage: { input_tokens: 2, output_tokens: 0, total_tokens: 2 },
      }
      handle(input, (status = 200) => sendJSON(response, status === 200 ? body : { error: 'No.' }, status))
    })
  })
  return connect(server)
}

test.each<[string, object, string]>([
  ['without inputs', { inputs: undefined }, '`inputs`'],
  ['with an empty list', { inputs: [] }, '`inputs` must be a list of at least one input'],
  ['with a blank input', { inputs: ['a', ' '] }, '`inputs[1]` must be a string that is not blank'],
  ['with an input', { inputs: ['a'], input: 'b' }, '`input` is for `decide`'],
  ['with a message of the assistant', { inputs: [[{ role: 'assistant', content: 'x' }]] }, '`inputs[0][0].role`'],
  ['with a concurrency of 0', { inputs: ['a'], concurrency: 0 }, '`concurrency` must be a whole number'],
])('a request of decideMany %s is refused before anything is sent', async (_case, change, text) => {
  const { mock, lmstudio } = await setUp()
  const error = await rejectionOf(lmstudio.decideMany({ ...REQUEST, inputs: ['a'], ...change }))
  expect(error).toMatchObject({ name: 'InvalidRequestError', message: expect.stringContaining(text) as string })
  expect(mock.calls).toEqual([])
})

test('returns the responses in the order of the inputs, whichever comes first', async () => {
  const waiting: (() => void)[] = []
  const lmstudio = await serveInputs((_input, respond) => {
    waiting.push(respond)
    if (waiting.length === 3) for (const next of waiting.toReversed()) next()
  })
  const { responses, usage } = await lmstudio.decideMany({ ...REQUEST, inputs: ['0.1', '0.2', '0.3'], concurrency: 3 })
  expect(responses.map(({ answers }) => answers.angry.probability)).toEqual([0.1, 0.2, 0.3])
  expect(usage).toEqual({ inputTokens: 6, outputTokens: 0, totalTokens: 6 })
})

test('never has more requests in flight than the concurrency', async () => {
  let running = 0
  let most = 0
  const lmstudio = await serveInputs((_input, respond) => {
    most = Math.max(most, ++running)
    setImmediate(() => {
      running--
      respond()
    })
  })
  await lmstudio.decideMany({ ...REQUEST, inputs: Array.from({ length: 12 }, () => '0.5'), concurrency: 2 })
  expect(most).toBe(2)
})

test('ends at the first failure and hands over the finished responses', async () => {
  const seen: string[] = []
  const lmstudio = await serveInputs((input, respond) => {
    seen.push(input)
    respond(input === '0.2' ? 400 : 200)
  })
  const request = { ...REQUEST, inputs: ['0.1', '0.2', '0.3'], concurrency: 1 }
  const error = (await rejectionOf(lmstudio.decideMany(request))) as Error & { partial: PartialDecisions }
  expect(error.name).toBe('InvalidRequestError')
  expect(error.partial.failed).toBe(1)
  expect(error.partial.responses.map((response) => response?.answers['angry'])).toEqual([
    { type: 'predicate', isTrue: false, probability: 0.1 },
    undefined,
    undefined,
  ])
  expect(seen).toEqual(['0.1', '0.2'])
})

test('rejects with the reason of the caller’s abort, without a partial', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const lmstudio = await serveInputs((input, respond) => (input === '0.2' ? controller.abort(reason) : respond()))
  const request = { ...REQUEST, inputs: ['0.1', '0.2'], concurrency: 1 }
  expect(await rejectionOf(lmstudio.decideMany(request, { signal: controller.signal }))).toBe(reason)
  expect('partial' in reason).toBe(false)
})

import {
  choice,
  createLMStudio,
  memoryCache,
  predicate,
  score,
  type DecisionRequest,
  type ProviderError,
  type Questions,
} from 'lmstudio-provider'
import { createClient, decide } from 'lmstudio-provider/core'
import { describe, expect, it, test } from 'vitest'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { connect, MODEL, setUp } from '../integration/support/provider.js'
import { closedPort, sendJSON, serve } from '../integration/support/servers.js'

const JUDGE = 'acme/judge-1b'
const MODELS = [
  { id: MODEL, loaded: true },
  { id: JUDGE, type: 'decision' },
] as const
const QUESTIONS = {
  angry: predicate('Is the customer angry?'),
  team: choice('Who handles this?', { billing: 'Payments and refunds', tech: 'Bugs' }),
  mood: score('How calm is the customer?', ['calm', 'annoyed', 'furious']),
}
const REQUEST = { model: JUDGE, input: 'You charged me twice!', questions: QUESTIONS }

interface Body {
  model: string
  answers: Record<string, unknown>[]
  usage: Record<string, unknown>
}
const recorded = (): Body => fixtureJSON('decisions.json') as Body

/** Answers every request with a body. */
const answering = async (body: unknown, status = 200) =>
  connect(await serve((_request, response) => sendJSON(response, body, status)))

const failure = async (body: unknown, questions: Questions = QUESTIONS): Promise<ProviderError> =>
  (await rejectionOf((await answering(body)).decide({ ...REQUEST, questions }))) as ProviderError

describe('a request of decide that is invalid', () => {
  it.each<[string, Partial<Record<keyof DecisionRequest | 'inputs', unknown>>, string]>([
    ['with a blank model', { model: ' ' }, '`model`'],
    ['with a blank input', { input: ' ' }, '`input` must be a string that is not blank'],
    ['with an empty list as input', { input: [] }, '`input` must be a string, or a list'],
    ['with texts as input', { input: ['a', 'b'] }, '`input` must be a string, or a list'],
    ['with inputs', { inputs: ['a'] }, '`inputs` is for `decideMany`'],
    [
      'with a message of the assistant',
      { input: [{ role: 'assistant', content: 'x' }] },
      '`input[0].role` must be `user`',
    ],
    [
      'with a message without parts',
      { input: [{ role: 'user', content: [] }] },
      '`input[0].content` must not be empty',
    ],
    ['without questions', { questions: {} }, '`questions` must have at least one question'],
    ['with a list of questions', { questions: [] }, '`questions` must be an object of questions by name'],
    ['with a question as text', { questions: { a: 'Is it?' } }, '`questions.a'],
    [
      'with a question of an unknown type',
      { questions: { a: { type: 'essay' } } },
      '`questions.a.type` must be one of',
    ],
    [
      'with a question called constructor that is no question',
      { questions: { constructor: 1 } },
      '`questions.constructor',
    ],
    ['with a blank question', { questions: { a: predicate(' ') } }, '`questions.a.instructions` must be a non-empty'],
    ['with a question without a name', { questions: { ' ': predicate('?') } }, 'must have a name that is not blank'],
    ['with a single choice', { questions: { a: choice('?', ['x']) } }, '`questions.a.choices` must have at least two'],
    ['with equal choices', { questions: { a: choice('?', ['x', 'x']) } }, '`questions.a.choices` must all differ'],
    ['with true and "true" as choices', { questions: { a: choice('?', [true, 'true']) } }, 'must all differ'],
    ['with a single level', { questions: { a: score('?', ['x']) } }, '`questions.a.levels` must have at least two'],
    [
      'with a misspelled field',
      { questions: { a: { ...predicate('?'), instruction: 'x' } } },
      'did you mean `instructions`?',
    ],
    ['with an unknown fallback', { fallback: 'llm' }, '`fallback` must be one of: chat'],
  ])('%s is refused before anything is sent', async (_case, change, text) => {
    const { mock, lmstudio } = await setUp()
    const error = await rejectionOf(lmstudio.decide({ ...REQUEST, ...change } as typeof REQUEST))
    expect(error).toMatchObject({ name: 'InvalidRequestError', message: expect.stringContaining(text) as string })
    expect(mock.calls).toEqual([])
  })
})

describe('decide', () => {
  it('sends the questions in order, with their names', async () => {
    const { mock, lmstudio } = await setUp({ models: MODELS })
    await lmstudio.decide(REQUEST)
    expect(mock.calls[0]).toMatchObject({ method: 'POST', path: '/v1/decisions' })
    expect(mock.calls[0]!.body).toEqual({
      model: JUDGE,
      input: 'You charged me twice!',
      questions: [
        { name: 'angry', type: 'predicate', instructions: 'Is the customer angry?' },
        {
          name: 'team',
          type: 'choice',
          instructions: 'Who handles this?',
          choices: [
            { value: 'billing', description: 'Payments and refunds' },
            { value: 'tech', description: 'Bugs' },
          ],
        },
        {
          name: 'mood',
          type: 'score',
          instructions: 'How calm is the customer?',
          levels: [{ label: 'calm' }, { label: 'annoyed' }, { label: 'furious' }],
        },
      ],
    })
  })

  it('sends parts as one user message, with images as data URLs', async () => {
    const { mock, lmstudio } = await setUp({ models: MODELS })
    const image =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    await lmstudio.decide({
      ...REQUEST,
      input: [
        { type: 'text', text: 'Look:' },
        { type: 'image', image },
      ],
    })
    expect(mock.calls[0]!.body).toMatchObject({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look:' },
            { type: 'input_image', image_url: image },
          ],
        },
      ],
    })
  })

  it('sends user messages as they are', async () => {
    const { mock, lmstudio } = await setUp({ models: MODELS })
    const input = [
      { role: 'user', content: 'one' },
      { role: 'user', content: [{ type: 'text', text: 'two' }] },
    ] as const
    await lmstudio.decide({ ...REQUEST, input })
    expect(mock.calls[0]!.body).toMatchObject({
      input: [
        { role: 'user', content: 'one' },
        { role: 'user', content: [{ type: 'input_text', text: 'two' }] },
      ],
    })
  })

  it('reads the request at once: a later change does not count', async () => {
    const { mock, lmstudio } = await setUp({ models: MODELS })
    const request = { input: 'first', questions: { first: predicate('Is it?') } as Questions }
    // Without a model the list is read before the request is sent.
    const response = lmstudio.decide(request)
    request.input = 'second'
    request.questions = { second: predicate('Is it?') }
    expect(Object.keys((await response).answers)).toEqual(['first'])
    expect(mock.calls.at(-1)!.body).toMatchObject({ input: 'first', questions: [{ name: 'first' }] })
  })

  it('reads parts and questions at once too', async () => {
    const { mock, lmstudio } = await setUp({ models: MODELS })
    const part = { type: 'text', text: 'first' } as const
    const question = { type: 'predicate', instructions: 'first?' } as const
    const response = lmstudio.decide({ input: [part], questions: { a: question } })
    Object.assign(part, { text: 'second' })
    Object.assign(question, { instructions: 'second?' })
    await response
    expect(JSON.stringify(mock.calls.at(-1)!.body)).not.toContain('second')
  })

  it('returns the answers of a recorded body by name', async () => {
    const response = await (await answering(recorded())).decide(REQUEST)
    expect(response).toMatchObject({
      model: JUDGE,
      via: 'decisions',
      answers: {
        angry: { type: 'predicate', isTrue: true, probability: 0.91 },
        team: { type: 'choice', choice: 'billing', confidence: 0.64, probabilities: { billing: 0.82, tech: 0.18 } },
        mood: { type: 'score', score: 1.6, level: 'furious', probabilities: { calm: 0.1, annoyed: 0.2, furious: 0.7 } },
      },
      usage: { inputTokens: 118, outputTokens: 0, totalTokens: 118 },
      raw: recorded(),
    })
    expect(Object.keys(response.answers)).toEqual(['angry', 'team', 'mood'])
  })

  it('returns booleans of a choice as booleans', async () => {
    const probabilities = [
      { value: true, probability: 0.3 },
      { value: false, probability: 0.7 },
    ]
    const lmstudio = await answering({ answers: [{ type: 'choice', name: 'urgent', choice: false, probabilities }] })
    const { answers } = await lmstudio.decide({ ...REQUEST, questions: { urgent: choice('Urgent?', [true, false]) } })
    expect(answers.urgent).toEqual({
      type: 'choice',
      choice: false,
      confidence: undefined,
      probabilities: { true: 0.3, false: 0.7 },
    })
  })

  it('names the part of a message whose image cannot be sent', async () => {
    const { lmstudio } = await setUp()
    const image = new Uint8Array([0x47, 0x49, 0x46, 0x38])
    const input = [{ role: 'user', content: [{ type: 'image', image }] }] as const
    expect(await rejectionOf(lmstudio.decide({ ...REQUEST, input }))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: ['input', 0, 'content', 0, 'image'] }],
    })
  })

  it('sends the descriptions of levels, and finds levels by their position if the answer has no labels', async () => {
    const probabilities = [
      { value: 1, probability: 0.75 },
      { value: 0, probability: 0.25 },
    ]
    const answers = [{ type: 'score', name: 'mood', score: 0.75, probabilities, confidence: 'high' }]
    let sent = ''
    const lmstudio = createLMStudio({
      cache: memoryCache(),
      fetch: (_url, init) => {
        sent = init?.body as string
        return Promise.resolve(Response.json({ answers }))
      },
    })
    const mood = score('How calm?', ['calm', { label: 'angry', description: 'shouts' }])
    const response = await lmstudio.decide({ ...REQUEST, questions: { mood } })
    expect(JSON.parse(sent)).toMatchObject({
      questions: [{ levels: [{ label: 'calm' }, { label: 'angry', description: 'shouts' }] }],
    })
    expect(response).toMatchObject({ model: JUDGE, usage: { inputTokens: undefined } })
    expect(response.answers.mood).toEqual({
      type: 'score',
      score: 0.75,
      level: 'angry',
      confidence: undefined,
      probabilities: { calm: 0.25, angry: 0.75 },
    })
  })

  it.each([
    [0, false],
    [0.49, false],
    [0.5, true],
    [1, true],
  ])('reads the probability %d of a predicate as %s', async (probability, isTrue) => {
    const body = recorded()
    body.answers[0] = { ...body.answers[0], probability }
    const { answers } = await (await answering(body)).decide(REQUEST)
    expect(answers.angry).toEqual({ type: 'predicate', isTrue, probability })
  })

  it('returns a refusal as an answer of its own kind', async () => {
    const body = recorded()
    body.answers[1] = { type: 'refusal', name: 'team', refusal: 'I cannot judge this.' }
    const { answers } = await (await answering(body)).decide(REQUEST)
    expect(answers.team).toEqual({ type: 'refusal', explanation: 'I cannot judge this.' })
    expect(answers.team.choice).toBeUndefined()
    expect(answers.angry.probability).toBe(0.91)
  })

  it('reads answers in the shape of OpenAI’s schema, booleans and refusals included', async () => {
    const questions = {
      team: choice('?', ['billing', 'tech']),
      angry: predicate('?'),
      handled: choice('?', [true, false]),
      mood: score('?', ['calm', 'annoyed', 'furious']),
    }
    const lmstudio = await answering(fixtureJSON('decisions-openai.json'))
    const response = await lmstudio.decide({ ...REQUEST, questions })
    expect(response).toMatchObject({
      model: 'gpt-tern-luna',
      answers: {
        team: { type: 'refusal', explanation: undefined },
        angry: { isTrue: true, probability: 1 },
        handled: { choice: true, confidence: 0.5, probabilities: { true: 0.75, false: 0.25 } },
        mood: { score: 1, level: 'annoyed', probabilities: { calm: 0, annoyed: 1, furious: 0 } },
      },
      usage: { inputTokens: 2118, outputTokens: 0, totalTokens: 2118, cachedTokens: 2048 },
    })
  })

  it('reads answers without names in the order of the questions, refusals included', async () => {
    const questions = { team: choice('?', ['billing', 'tech']), angry: predicate('?') }
    const lmstudio = await answering(fixtureJSON('decisions-openai-unnamed.json'))
    const { answers } = await lmstudio.decide({ ...REQUEST, questions })
    expect(answers).toMatchObject({ team: { type: 'refusal' }, angry: { isTrue: false, probability: 0.08 } })
  })

  it('rejects the answers of SGLang, whose route of this name is another one', async () => {
    expect(await failure(fixtureJSON('decisions-sglang.json'))).toMatchObject({ name: 'InvalidResponseError' })
    const refusing = await answering(fixtureJSON('errors/decisions-sglang.json'), 400)
    expect(await rejectionOf(refusing.decide(REQUEST))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('Field required') as string,
    })
  })

  it('finds the answers by name in any order', async () => {
    const body = recorded()
    body.answers = body.answers.toReversed()
    const { answers } = await (await answering(body)).decide(REQUEST)
    expect([answers.angry.type, answers.team.choice, answers.mood.level]).toEqual(['predicate', 'billing', 'furious'])
  })

  it('finds the answers by position if none has a name', async () => {
    const body = recorded()
    body.answers = body.answers.map((answer) => ({ ...answer, name: null }))
    const { answers } = await (await answering(body)).decide(REQUEST)
    expect([answers.angry.type, answers.team.choice, answers.mood.level]).toEqual(['predicate', 'billing', 'furious'])
  })

  it.each<[string, (body: Body) => void]>([
    ['an answer is missing', ({ answers }) => void answers.pop()],
    ['there is an additional answer', ({ answers }) => void answers.push({ ...answers[0] })],
    ['a name occurs twice', ({ answers }) => void (answers[1] = { ...answers[1], name: 'angry' })],
    ['a name belongs to no question', ({ answers }) => void (answers[1] = { ...answers[1], name: 'color' })],
    ['only some answers have names', ({ answers }) => void (answers[1] = { ...answers[1], name: null })],
    [
      'nameless answers are in another order',
      (body) => void (body.answers = body.answers.map((answer) => ({ ...answer, name: null })).toReversed()),
    ],
    ['an answer is of another type', ({ answers }) => void (answers[0] = { ...answers[1], name: 'angry' })],
    ['a choice is not offered', ({ answers }) => void (answers[1]!['choice'] = 'sales')],
    ['a probability is missing', ({ answers }) => void delete answers[0]!['probability']],
    ['a probability exceeds 1', ({ answers }) => void (answers[0]!['probability'] = 1.2)],
    ['a probability is a text', ({ answers }) => void (answers[0]!['probability'] = '0.9')],
    ['the probabilities are null', ({ answers }) => void (answers[1]!['probabilities'] = null)],
    [
      'a probability belongs to no choice',
      ({ answers }) => void (answers[1]!['probabilities'] = [{ value: 'sales', probability: 1 }]),
    ],
    ['a score is beyond the scale', ({ answers }) => void (answers[2]!['score'] = 2.5)],
    ['a score is negative', ({ answers }) => void (answers[2]!['score'] = -1)],
  ])('rejects a response in which %s', async (_case, change) => {
    const body = recorded()
    change(body)
    expect(await failure(body)).toMatchObject({ name: 'InvalidResponseError', code: 'wrong-answers' })
  })

  it.each<[string, unknown]>([
    ['a list', []],
    ['no list of answers', { model: JUDGE }],
    ['answers by name', { answers: { angry: {} } }],
    ['a null among the answers', { answers: [null, null, null] }],
  ])('rejects a response with %s', async (_case, body) => {
    expect(await failure(body)).toMatchObject({ name: 'InvalidResponseError' })
  })

  it('gives every answer of the mock a probability, the same each time', async () => {
    const { lmstudio } = await setUp({ models: MODELS })
    const first = await lmstudio.decide(REQUEST)
    const again = await lmstudio.decide(REQUEST)
    expect(again.answers).toEqual(first.answers)
    const { probabilities = { billing: 0, tech: 0 } } = first.answers.team
    expect(probabilities.billing + probabilities.tech).toBeCloseTo(1)
  })

  it('is more certain of the mock’s choice that shares words with the input', async () => {
    const { lmstudio } = await setUp({ models: MODELS })
    const { answers } = await lmstudio.decide({ ...REQUEST, input: 'A bug: the program crashes. Bugs!' })
    expect(answers.team.choice).toBe('tech')
  })
})

describe('decide with a server or a model that cannot answer', () => {
  test('a chat model is named as the reason', async () => {
    const { lmstudio } = await setUp({ models: MODELS })
    expect(await rejectionOf(lmstudio.decide({ ...REQUEST, model: MODEL }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'wrong-model-type',
      message: expect.stringContaining(`“${MODEL}” is not a decision model`) as string,
      hint: expect.stringContaining('Load a decision model') as string,
    })
  })

  test('a server without the route is told from one that is off', async () => {
    const { lmstudio } = await setUp({ version: '0.3', models: [{ id: MODEL, loaded: true }] })
    expect(await rejectionOf(lmstudio.decide(REQUEST))).toMatchObject({
      name: 'UnsupportedEndpointError',
      hint: expect.stringContaining("fallback: 'chat'") as string,
    })
  })

  test('an unknown model is explained with the models that exist', async () => {
    const { lmstudio } = await setUp({ models: MODELS })
    expect(await rejectionOf(lmstudio.decide({ ...REQUEST, model: 'acme/none' }))).toMatchObject({
      name: 'ModelNotFoundError',
      availableModels: [MODEL, JUDGE],
    })
  })

  test('a server that is off is still a server that is off', async () => {
    const client = createClient({ endpoint: `http://127.0.0.1:${await closedPort()}`, maxRetries: 0 })
    expect(await rejectionOf(decide(client, { ...REQUEST, fallback: 'chat' }))).toMatchObject({
      name: 'ServiceNotFoundError',
    })
  })

  const reply = (text: string) => () => ({ text })
  const CHAT_ANSWERS = '{"angry":true,"team":"tech","mood":"annoyed"}'

  test.each([
    ['the route is missing', { version: '0.3', models: [{ id: MODEL, loaded: true }] } as const],
    ['the model is a chat model', { models: MODELS } as const],
  ])('the fallback asks the chat model if %s', async (_case, mockOptions) => {
    const { mock, lmstudio } = await setUp({ ...mockOptions, reply: reply(CHAT_ANSWERS) })
    const response = await lmstudio.decide({ ...REQUEST, model: MODEL, fallback: 'chat' })
    expect(response.via).toBe('chat')
    expect(response.answers).toEqual({
      angry: { type: 'predicate', isTrue: true, probability: undefined },
      team: { type: 'choice', choice: 'tech', confidence: undefined, probabilities: undefined },
      mood: { type: 'score', score: 1, level: 'annoyed', confidence: undefined, probabilities: undefined },
    })
    expect(mock.calls.at(-1)).toMatchObject({ path: '/v1/chat/completions' })
    expect(mock.calls.at(-1)!.body).toMatchObject({
      temperature: 0,
      response_format: {
        json_schema: {
          schema: {
            required: ['angry', 'team', 'mood'],
            properties: {
              angry: { type: 'boolean' },
              team: { enum: ['billing', 'tech'] },
              mood: { enum: ['calm', 'annoyed', 'furious'] },
            },
          },
        },
      },
    })
  })

  test('the fallback is not used while the decision model answers', async () => {
    const { mock, lmstudio } = await setUp({ models: MODELS })
    expect((await lmstudio.decide({ ...REQUEST, fallback: 'chat' })).via).toBe('decisions')
    expect(mock.calls.map(({ path }) => path)).toEqual(['/v1/decisions'])
  })

  test.each([
    ['no JSON', 'I think tech.', 'output-not-json'],
    ['a missing answer', '{"angry":true,"team":"tech"}', 'output-mismatch'],
    ['a choice that was not offered', '{"angry":true,"team":"sales","mood":"calm"}', 'output-mismatch'],
    ['a number for a boolean', '{"angry":1,"team":"tech","mood":"calm"}', 'output-mismatch'],
  ])('the fallback rejects %s', async (_case, text, code) => {
    const { lmstudio } = await setUp({ models: MODELS, reply: reply(text) })
    expect(await rejectionOf(lmstudio.decide({ ...REQUEST, model: MODEL, fallback: 'chat' }))).toMatchObject({
      name: 'OutputValidationError',
      code,
      text,
      hint: expect.stringMatching(/^Load a decision model, or name another chat model/) as string,
    })
  })

  /** A server without the route, whose chat model answers with a message. */
  const chatting = async (message: object, finishReason = 'stop') =>
    connect(
      await serve((request, response) => {
        const choices = [{ index: 0, message, finish_reason: finishReason }]
        if (request.url === '/v1/chat/completions') return sendJSON(response, { model: MODEL, choices }, 200)
        sendJSON(response, { error: 'Not found' }, 404)
      }),
    )

  test.each([
    ['in a Markdown fence', { content: `Here:\n\`\`\`json\n${CHAT_ANSWERS}\n\`\`\`` }],
    ['after a sentence', { content: `Sure! ${CHAT_ANSWERS}` }],
    ['in the reasoning', { content: '', reasoning_content: CHAT_ANSWERS }],
  ])('the fallback reads answers %s', async (_case, message) => {
    const { answers } = await (await chatting(message)).decide({ ...REQUEST, model: MODEL, fallback: 'chat' })
    expect(answers.team.choice).toBe('tech')
  })

  test.each([
    ['a refusal', { content: null, refusal: 'I cannot judge people.' }, 'stop', 'output-refused', /^Rephrase/],
    ['a cut answer', { content: '{"angry":tr' }, 'length', 'output-truncated', /^Ask fewer questions/],
    ['nothing but reasoning', { content: '', reasoning_content: 'Hm.' }, 'stop', 'output-empty', /^Load a decision/],
  ])('the fallback says what is wrong with %s', async (_case, message, finishReason, code, hint) => {
    const lmstudio = await chatting(message, finishReason)
    const error = await rejectionOf(lmstudio.decide({ ...REQUEST, model: MODEL, fallback: 'chat' }))
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string })
    expect((error as ProviderError).hint).not.toMatch(/repair|maxTokens/)
  })

  test('the fallback asks the chat model if the server says with `invalid_model` that it is not a decision model', async () => {
    const lmstudio = connect(
      await serve((request, response) => {
        const choices = [{ index: 0, message: { content: CHAT_ANSWERS }, finish_reason: 'stop' }]
        if (request.url === '/v1/chat/completions') return sendJSON(response, { model: MODEL, choices }, 200)
        const error = { message: `Model '${MODEL}' is not a decision model.`, code: 'invalid_model' }
        sendJSON(response, { error }, request.url === '/v1/decisions' ? 400 : 404)
      }),
    )
    expect((await lmstudio.decide({ ...REQUEST, model: MODEL, fallback: 'chat' })).via).toBe('chat')
  })
})

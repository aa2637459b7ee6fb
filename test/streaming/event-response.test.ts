import { expect, it } from 'vitest'
import { NetworkError } from '../../src/errors/index.js'
import { toEventResponse } from '../../src/streaming/event-response.js'
import { rejectionOf } from '../helpers/provider-errors.js'

async function* of(...events: unknown[]) {
  yield* events
}

/** Reads the chunks of a response as they arrive. */
async function chunksOf(response: Response): Promise<string[]> {
  const chunks: string[] = []
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) chunks.push(decoder.decode(bytes, { stream: true }))
  return chunks
}

it.each<[string, string[], string]>([
  ['in two texts', ['Sea \ud83d', '\ude00!'], 'Sea 😀!'],
  ['in texts of its own', ['\ud83d', '\ude00'], '😀'],
  ['with an empty text between', ['\ud83d', '', '\ude00'], '😀'],
  ['twice', ['\ud83d', '\ude00\ud83d', '\ude00'], '😀😀'],
  ['without its second half', ['Sea \ud83d'], 'Sea \ufffd'],
])('a plain text keeps a character that arrives %s', async (_, texts, expected) => {
  const response = await toEventResponse(() => of(...texts), { format: 'text' })
  expect(await response.text()).toBe(expected)
})

it('a plain text arrives without empty chunks', async () => {
  const response = await toEventResponse(() => of('Sea ', '', '\ud83d', '\ude00'), { format: 'text' })
  expect(await chunksOf(response)).toEqual(['Sea ', '😀'])
})

it.each([
  ['sse', 'text/event-stream; charset=utf-8', 'data: {"n":1}\n\ndata: [DONE]\n\n'],
  ['ndjson', 'application/x-ndjson; charset=utf-8', '{"n":1}\n'],
  ['text', 'text/plain; charset=utf-8', 'Sea'],
] as const)(
  'a response in the format %s has its content type, and is not stored',
  async (format, contentType, body) => {
    const response = await toEventResponse(() => of(format === 'text' ? 'Sea' : { n: 1 }), { format })
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': contentType,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    expect(await response.text()).toBe(body)
  },
)

it('a response ends with the error of its stream as the last event, and does not break', async () => {
  async function* failing() {
    yield { n: 1 }
    throw new NetworkError('The connection broke.')
  }
  const response = await toEventResponse(failing, { format: 'ndjson' })
  const lines = (await response.text()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { n: 1 },
    { type: 'error', error: expect.objectContaining({ name: 'NetworkError' }) as unknown },
  ])
})

it('an event that JSON cannot express becomes an error that says where to look', async () => {
  const response = await toEventResponse(() => of({ n: 1 }, { n: 1n }), { format: 'ndjson' })
  const [, last] = (await response.text()).trim().split('\n')
  expect(JSON.parse(last!)).toMatchObject({
    type: 'error',
    error: {
      name: 'InvalidResponseError',
      message: expect.stringContaining('cannot be expressed as JSON') as string,
      hint: expect.stringContaining('your tools') as string,
    },
  })
})

it('an exception of the application before the first event rejects instead of becoming a response', async () => {
  const bug = new TypeError('bug')
  const open = (): AsyncIterator<unknown> => ({ next: () => Promise.reject(bug) })
  expect(await rejectionOf(toEventResponse(open))).toBe(bug)
})

it('invalid headers are reported as such', async () => {
  const headers = { 'bad name': 'x' }
  expect(await rejectionOf(toEventResponse(() => of(), { headers }))).toMatchObject({
    name: 'InvalidRequestError',
    message: expect.stringContaining('`headers`') as string,
    hint: expect.stringContaining('Pass a Headers instance') as string,
  })
})

import { describe, expect, it } from 'vitest'
import { readEvents } from '../../src/index.js'
import { MAX_LINE_LENGTH } from '../../src/streaming/sse-decoder.js'
import { countListeners } from '../helpers/listeners.js'
import { caught } from '../integration/support/caught.js'

const DELTA = '{"type":"text-delta","text":"ö"}'
const END = '{"type":"completion-end","response":{}}'

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const streamOf = (...chunks: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

async function typesOf(source: Response | ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<string[]> {
  const types: string[] = []
  for await (const { type } of readEvents(source, { signal })) types.push(type)
  return types
}

const errorOf = (...chunks: string[]) => caught(typesOf(streamOf(...chunks.map(encode))))

describe('a complete stream', () => {
  it.each([
    ['lines without a line break at the end', `${DELTA}\n${END}`],
    ['lines with empty ones between them', `${DELTA}\n\n   \n${END}\n`],
    ['server-sent events without an empty line at the end', `data: ${DELTA}\n\ndata: ${END}\n\ndata: [DONE]`],
    ['server-sent events after a comment', `: hello\n\ndata: ${DELTA}\n\ndata: ${END}\n\ndata: [DONE]\n\n`],
    ['server-sent events with a name', `event: a\ndata: ${DELTA}\n\ndata: ${END}\n\ndata: [DONE]\n\n`],
  ])('consists of %s', async (_, body) => {
    expect(await typesOf(streamOf(encode(body)))).toEqual(['text-delta', 'completion-end'])
  })

  it.each(['completion-end', 'response-end', 'chat-end', 'step-end'])('ends with %s', async (type) => {
    expect(await typesOf(streamOf(encode(`{"type":"${type}"}\n`)))).toEqual([type])
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    await typesOf(streamOf(encode(END)), signal)
    expect(countListeners(signal)).toBe(0)
  })
})

describe('a stream that is not complete', () => {
  it.each(['xcompletion-end', 'completion-ends', 'end'])('ends with %s', async (type) => {
    expect(await errorOf(`{"type":"${type}"}\n`)).toMatchObject({ name: 'StreamInterruptedError' })
  })

  it.each([
    ['within a line', `${DELTA}\n{"type":"completion-e`],
    ['within a server-sent event', `data: ${DELTA}\n\ndata: {"type":"compl`],
  ])('ends %s', async (_, body) => {
    const error = await errorOf(body)
    expect(error).toMatchObject({ name: 'StreamInterruptedError' })
    expect(error.message).toContain('ended')
  })

  it('has the cause of a broken connection', async () => {
    const cause = new TypeError('terminated')
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(cause) })
    const error = await caught(typesOf(broken))
    expect(error).toMatchObject({ name: 'StreamInterruptedError', cause: { message: 'terminated' } })
    expect(error.message).toContain('broke')
  })
})

describe('a stream of something else', () => {
  it.each([
    ['a line that is not JSON', `${DELTA}\nhello\n${END}\n`],
    ['a list', `${DELTA}\n[1]\n${END}\n`],
    ['null', `${DELTA}\nnull\n${END}\n`],
    ['an object without a type', `${DELTA}\n{"a":1}\n${END}\n`],
    ['a type that is not text', `${DELTA}\n{"type":1}\n${END}\n`],
  ])('is refused at %s', async (_, body) => {
    const error = await errorOf(body)
    expect(error).toMatchObject({ name: 'InvalidResponseError', hint: expect.stringContaining('toResponse') as string })
    expect(error.message).toContain('events')
  })

  it('is refused at a line that is too long', async () => {
    const part = `{"type":"${'x'.repeat(MAX_LINE_LENGTH / 4)}`
    const error = await errorOf(part, part, part, part, part)
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'line-too-long' })
    expect(error.message).toContain(String(MAX_LINE_LENGTH))
  })
})

describe('a source that cannot be read', () => {
  it('can be a locked stream', async () => {
    const stream = streamOf(encode(END))
    stream.getReader()
    const error = await caught(typesOf(stream))
    expect(error).toMatchObject({ name: 'InvalidRequestError', hint: expect.stringContaining('fetch()') as string })
    expect(error.message).toContain('read before')
  })

  it('can be a response that was read', async () => {
    const response = new Response(END)
    await response.text()
    expect(await caught(typesOf(response))).toMatchObject({ name: 'InvalidRequestError' })
  })
})

describe('a failed response', () => {
  const failed = (body: string | ReadableStream | null) => new Response(body, { status: 500 })

  it('has the error of the server, although its body is cut within a character', async () => {
    const body = encode('{"error":{"name":"ApiError","code":"api","message":"zu spät"}}')
    const at = body.indexOf(0xc3) + 1
    const error = await caught(typesOf(failed(streamOf(body.subarray(0, at), body.subarray(at)))))
    expect(error).toMatchObject({ name: 'ApiError', code: 'api', message: 'zu spät' })
  })

  it.each([
    ['an error without a code', '{"error":{"message":"m"}}'],
    ['an error that is text', '{"error":"m"}'],
    ['a list', '[]'],
    ['more than 64 KiB', `{"error":{"code":"api","message":"${'m'.repeat(64 * 1024)}"}}`],
    ['nothing', null],
  ])('has its status if the body is %s', async (_, body) => {
    const error = await caught(typesOf(failed(body)))
    expect(error).toMatchObject({
      name: 'InvalidResponseError',
      status: 500,
      hint: expect.stringContaining('errorToResponse') as string,
    })
    expect(error.message).toContain('500')
  })

  it('has its status if the body was read', async () => {
    const response = failed('{"error":{"code":"api","message":"m"}}')
    await response.text()
    expect(await caught(typesOf(response))).toMatchObject({ name: 'InvalidResponseError', status: 500 })
  })

  it('has its status if the body is read elsewhere', async () => {
    const response = failed('{"error":{"code":"api","message":"m"}}')
    response.body!.getReader()
    expect(await caught(typesOf(response))).toMatchObject({ name: 'InvalidResponseError', status: 500 })
  })

  it('has its status if the body breaks', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) })
    expect(await caught(typesOf(failed(broken)))).toMatchObject({ name: 'InvalidResponseError', status: 500 })
  })

  it('leaves no listener on the signal, and cancels a body that is too long', async () => {
    const { signal } = new AbortController()
    let isCanceled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024)),
      cancel: () => void (isCanceled = true),
    })
    await caught(typesOf(failed(endless), signal))
    expect([countListeners(signal), isCanceled]).toEqual([0, true])
  })
})

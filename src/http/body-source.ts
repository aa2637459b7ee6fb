import { InvalidResponseError } from '../errors/errors.js'

/** What reads the body of a response chunk by chunk: a reader of the platform, or a stand-in for one. */
export interface BodySource {
  read(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>
  cancel(reason?: unknown): unknown
}

/** The methods that bodies of different implementations have. */
interface AnyBody {
  readonly getReader?: () => BodySource
  readonly [Symbol.asyncIterator]?: () => AsyncIterator<unknown>
  readonly cancel?: (reason: unknown) => unknown
  readonly destroy?: () => unknown
  readonly return?: () => unknown
}

/**
 * Returns a source for the body of a response that is not a stream of the platform: node-fetch has a stream of Node, other
 * implementations an async iterable, a text or bytes, and those of React Native have no `body` and are read as one chunk.
 */
export function openForeignBody(response: Response, endpoint: string): BodySource {
  const { body } = response as { readonly body: unknown }
  const iterator = (body as AnyBody | null | undefined)?.[Symbol.asyncIterator]?.()
  if (iterator !== undefined) {
    return {
      read: () => iterator.next(),
      cancel: (reason) => cancelBody(typeof (body as AnyBody).destroy === 'function' ? body : iterator, reason),
    }
  }
  const isChunk = typeof body === 'string' || toBytes(body) !== undefined
  return {
    read: async () => ({ done: true, value: isChunk ? body : await readWhole(response, endpoint) }),
    cancel: (reason) => cancelBody(body, reason),
  }
}

async function readWhole(response: Response, endpoint: string): Promise<unknown> {
  // React Native has not implemented the other one everywhere.
  if (typeof response.text === 'function') return response.text()
  if (typeof response.arrayBuffer === 'function') return response.arrayBuffer()
  throw unreadableBody(endpoint)
}

/** Cancels a body of any implementation: some throw, and some return no promise. */
export async function cancelBody(body: unknown, reason: unknown): Promise<void> {
  const target = body as AnyBody | null | undefined
  try {
    if (typeof target?.cancel === 'function') await target.cancel(reason)
    // A stream of Node. With a reason it would report an unhandled error.
    else if (typeof target?.destroy === 'function') target.destroy()
    else await target?.return?.()
  } catch {
    // Nothing reads the body any more.
  }
}

/** Returns the bytes of a chunk of any implementation and realm; `undefined` for a chunk of another type. */
export function toBytes(chunk: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  const isBuffer = Object.prototype.toString.call(chunk) === '[object ArrayBuffer]'
  return isBuffer ? new Uint8Array(chunk as ArrayBuffer) : undefined
}

export const unreadableBody = (endpoint: string): InvalidResponseError =>
  new InvalidResponseError('The custom fetch returned a Response whose body is not bytes.', {
    code: 'not-a-response',
    endpoint,
    hint: 'Fix the function passed as the option `fetch`: the body of its Response must be a stream of bytes or text.',
  })

/** One action of a response body, in order. Faults are functions from steps to steps. */
export type BodyStep =
  | {
      readonly kind: 'frame'
      /** The SSE event name; omitted for a bare `data:` frame. */
      readonly event?: string
      /** Sent as JSON; a string is sent unchanged. */
      readonly data: unknown
      /** Omits the line ends after the data. */
      readonly open?: boolean
    }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'hold'; readonly keepAliveMs?: number }
  | { readonly kind: 'reset' }

export type BodySteps = Iterable<BodyStep> | AsyncIterable<BodyStep>

const encoder = /* @__PURE__ */ new TextEncoder()

export const encode = (text: string): Uint8Array => encoder.encode(text)

export const dataFrame = (data: unknown): BodyStep => ({ kind: 'frame', data })
export const namedFrame = (event: string, data: unknown): BodyStep => ({ kind: 'frame', event, data })
/** Creates a frame whose data repeats the event name as `type`, as on native chat, responses and messages. */
export const typedFrame = (type: string, payload: object = {}): BodyStep => namedFrame(type, { type, ...payload })
export const doneFrame: BodyStep = { kind: 'frame', data: '[DONE]' }

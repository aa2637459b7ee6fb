/** One thing a body does, in order. Faults are functions from steps to steps. */
export type Step =
  | {
      readonly kind: 'frame'
      /** The SSE event name, if the frame has one. */
      readonly event?: string
      /** Sent as JSON; a string is sent as it is. */
      readonly data: unknown
      /** Leaves the frame's last line open. */
      readonly open?: boolean
    }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'hold'; readonly keepAliveMs?: number }
  | { readonly kind: 'reset' }

const encoder = new TextEncoder()

export const encode = (text: string): Uint8Array => encoder.encode(text)

export const dataFrame = (data: unknown): Step => ({ kind: 'frame', data })
export const namedFrame = (event: string, data: unknown): Step => ({ kind: 'frame', event, data })
/** A frame whose data repeats its event's name as `type`, as native chat, responses and messages do. */
export const typedFrame = (type: string, payload: object = {}): Step => namedFrame(type, { type, ...payload })
export const done: Step = dataFrame('[DONE]')

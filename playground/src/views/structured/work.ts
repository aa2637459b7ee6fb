import { batch, computed, signal } from '@preact/signals'
import {
  generateObject,
  OutputValidationError,
  ProviderError,
  streamObject,
  type CompletionRequest,
  type CompletionResponse,
  type LMStudioProvider,
  type ObjectRequest,
} from 'lmstudio-provider'
import { requireProvider } from '../../state/connection.js'
import { chatModel } from '../../state/models.js'
import { checkSchema } from './check-schema.js'
import { PRESETS, show } from './presets.js'

/** One request for an object, from its beginning to what came of it. */
export interface Run {
  readonly status: 'running' | 'fits' | 'failed' | 'stopped'
  /** What there is of the object; grows in place, and `tick` says when. */
  readonly value: unknown
  readonly tick: number
  readonly durationMs: number
  readonly response?: CompletionResponse
  /** The first answer, where the model was asked for a second one. */
  readonly rejected?: string
  readonly error?: unknown
}

export const schemaText = signal(show(PRESETS[0].schema))
export const checked = computed(() => checkSchema(schemaText.value))
export const prompt = signal(PRESETS[0].prompt)
export const maxTokens = signal<number | undefined>(1000)
export const repairs = signal(true)
export const streams = signal(true)
export const run = signal<Run | undefined>(undefined)

// Often enough to look alive; a large object is not rendered for each of its letters.
const SHOW_EVERY_MS = 60

let running: AbortController | undefined

export function stop(): void {
  running?.abort()
}

/** Asks for the object. Never rejects: `run` says how it goes. */
export async function start(): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const began = performance.now()
  let draft: Run = { status: 'running', value: undefined, tick: 0, durationMs: 0 }
  let shownAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const publish = (): void => {
    timer = undefined
    shownAt = performance.now()
    draft = { ...draft, tick: draft.tick + 1, durationMs: shownAt - began }
    if (running?.signal === signal) run.value = draft
  }
  const publishSoon = (): void => {
    timer ??= setTimeout(publish, Math.max(0, shownAt + SHOW_EVERY_MS - performance.now()))
  }
  const end = (change: Partial<Run>): void => {
    clearTimeout(timer)
    draft = { ...draft, ...change }
    publish()
  }
  publish()
  try {
    const watched = watching(requireProvider(), (rejected) => {
      draft = { ...draft, rejected }
      publishSoon()
    })
    const request = toRequest()
    if (!streams.peek()) {
      const { object, response } = await generateObject(watched, request, { signal })
      return end({ status: 'fits', value: object, response })
    }
    const stream = streamObject(watched, request, { signal })
    for await (const value of stream) {
      draft = { ...draft, value }
      publishSoon()
    }
    const [value, response] = await Promise.all([stream.object, stream.response])
    end({ status: 'fits', value, response })
  } catch (error) {
    if (signal.aborted) end({ status: 'stopped' })
    else end({ status: 'failed', error })
  }
}

function toRequest(): ObjectRequest {
  const { schema } = checked.peek()
  const model = chatModel.peek()?.id
  if (schema === undefined) throw new Error('The schema is not JSON yet.')
  if (model === undefined) throw new Error('The server has no model that chats. Download one in LM Studio.')
  return { model, schema, prompt: prompt.peek(), repair: repairs.peek(), maxTokens: maxTokens.peek() }
}

/** The same provider. Tells of a repair, in whose request the answer that did not fit is what the model said last. */
function watching(
  to: LMStudioProvider,
  onRepair: (rejected: string) => void,
): Pick<LMStudioProvider, 'complete' | 'stream'> {
  const look = ({ messages }: CompletionRequest): void => {
    const said = messages?.findLast(({ role }) => role === 'assistant')?.content
    if (typeof said === 'string') onRepair(said)
  }
  return {
    complete(request, options) {
      look(request)
      return to.complete(request, options)
    },
    stream(request, options) {
      look(request)
      return to.stream(request, options)
    },
  }
}

/** Takes over an example. */
export function usePreset(name: string): void {
  const preset = PRESETS.find((one) => one.name === name)
  if (preset === undefined) return
  batch(() => {
    schemaText.value = show(preset.schema)
    prompt.value = preset.prompt
  })
}

/** What the model wrote before it failed, as it came. */
export function rawOf(error: unknown): string | undefined {
  if (OutputValidationError.isInstance(error)) return error.text
  const partial = ProviderError.isInstance(error) ? (error as { partial?: { text?: string } }).partial : undefined
  return partial?.text === '' ? undefined : partial?.text
}

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
import { labeled } from '../../state/request-link.js'
import { checkSchema } from '../../lib/check-schema.js'
import { formatSchema, PRESETS } from './presets.js'

/** One request for an object. */
export interface Run {
  readonly status: 'running' | 'valid' | 'failed' | 'stopped'
  /** Finds the request in the Inspector. */
  readonly label: string
  /** The schema that was sent, as JSON. */
  readonly schema: string
  /** The object so far. It may grow in place; `tick` changes with it. */
  readonly value: unknown
  readonly tick: number
  readonly durationMs: number
  readonly response?: CompletionResponse
  /** The first output, if it was invalid and a repair was requested. */
  readonly rejected?: string
  readonly error?: unknown
}

export const schemaText = signal(formatSchema(PRESETS[0].schema))
export const checked = computed(() => checkSchema(schemaText.value))
export const prompt = signal(PRESETS[0].prompt)
export const maxTokens = signal<number | undefined>(1000)
export const repairEnabled = signal(true)
export const streamEnabled = signal(true)
export const run = signal<Run | undefined>(undefined)
/** Whether the schema was edited since the run started. */
export const isSchemaEdited = computed(
  () => run.value !== undefined && run.value.schema !== JSON.stringify(checked.value.schema),
)

// Frequent enough to look continuous without rendering a large object for every delta.
const PUBLISH_INTERVAL_MS = 60

let running: AbortController | undefined
let runs = 0

export function stop(): void {
  running?.abort()
}

/** Requests the object. Never rejects: `run` holds the state. */
export async function start(): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const startTime = performance.now()
  let draft: Run = {
    status: 'running',
    label: `structured ${++runs}`,
    schema: JSON.stringify(checked.peek().schema),
    value: undefined,
    tick: 0,
    durationMs: 0,
  }
  let publishedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const publish = (): void => {
    timer = undefined
    publishedAt = performance.now()
    draft = { ...draft, tick: draft.tick + 1, durationMs: publishedAt - startTime }
    if (running?.signal === signal) run.value = draft
  }
  const publishSoon = (): void => {
    timer ??= setTimeout(publish, Math.max(0, publishedAt + PUBLISH_INTERVAL_MS - performance.now()))
  }
  const end = (change: Partial<Run>): void => {
    clearTimeout(timer)
    draft = { ...draft, ...change }
    publish()
  }
  publish()
  try {
    const watched = withRepairListener(requireProvider(), (rejected) => {
      draft = { ...draft, rejected }
      publishSoon()
    })
    const request = toRequest()
    const options = { signal, ...labeled(draft.label) }
    if (!streamEnabled.peek()) {
      const { object, response } = await generateObject(watched, request, options)
      return end({ status: 'valid', value: object, response })
    }
    const stream = streamObject(watched, request, options)
    for await (const value of stream) {
      draft = { ...draft, value }
      publishSoon()
    }
    const [value, response] = await Promise.all([stream.object, stream.response])
    end({ status: 'valid', value, response })
  } catch (error) {
    if (signal.aborted) end({ status: 'stopped' })
    else end({ status: 'failed', error })
  }
}

function toRequest(): ObjectRequest {
  const { schema } = checked.peek()
  const model = chatModel.peek()?.id
  if (schema === undefined) throw new Error('The schema is not valid JSON.')
  if (model === undefined) throw new Error('The server has no chat model. Download one in LM Studio.')
  return { model, schema, prompt: prompt.peek(), repair: repairEnabled.peek(), maxTokens: maxTokens.peek() }
}

/**
 * Wraps a client to detect a repair: its request contains the invalid output as the last assistant message.
 */
function withRepairListener(
  client: LMStudioProvider,
  onRepair: (rejected: string) => void,
): Pick<LMStudioProvider, 'complete' | 'stream'> {
  const detectRepair = ({ messages }: CompletionRequest): void => {
    const content = messages?.findLast(({ role }) => role === 'assistant')?.content
    if (typeof content === 'string') onRepair(content)
  }
  return {
    complete(request, options) {
      detectRepair(request)
      return client.complete(request, options)
    },
    stream(request, options) {
      detectRepair(request)
      return client.stream(request, options)
    },
  }
}

/** Loads an example. */
export function usePreset(name: string): void {
  const preset = PRESETS.find((one) => one.name === name)
  if (preset === undefined) return
  batch(() => {
    schemaText.value = formatSchema(preset.schema)
    prompt.value = preset.prompt
  })
}

/** Returns the raw output of a failed request. */
export function rawOf(error: unknown): string | undefined {
  if (OutputValidationError.isInstance(error)) return error.text
  const partial = ProviderError.isInstance(error) ? (error as { partial?: { text?: string } }).partial : undefined
  return partial?.text === '' ? undefined : partial?.text
}

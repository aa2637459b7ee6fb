import * as v from 'valibot'
import { toMs } from '../generation/stats.js'
import { once } from '../utils/once.js'
import { tolerant, figure, optionalText } from '../validation/schema.js'
import {
  invalidToolCallSchema,
  textSchema,
  toInvalidToolCall,
  toNameAndSource,
  toolCallSchema,
  toServerToolCall,
} from './output.js'
import type { ChatEvent } from './types.js'

/** How one kind of event is validated and mapped; an event that maps to `undefined` carries nothing. */
interface EventParser<Schema extends v.GenericSchema = v.GenericSchema> {
  readonly schema: Schema
  map(event: v.InferOutput<Schema>): ChatEvent | undefined
}

const parser = <Schema extends v.GenericSchema>(schema: Schema, map: EventParser<Schema>['map']): EventParser => ({
  schema,
  map: map as EventParser['map'],
})

/** Every event of docs/http-api.md 7.2 by its name, except `error` and `chat.end`. */
export const eventParsers = /* @__PURE__ */ once((): Readonly<Record<string, EventParser>> => {
  const nothing = v.looseObject({})
  const instance = v.looseObject({ model_instance_id: optionalText })
  const loaded = v.looseObject({ model_instance_id: optionalText, load_time_seconds: figure })
  const progressSchema = v.looseObject({ progress: tolerant(v.custom<number>(Number.isFinite)) })

  const progress = (phase: 'model-load' | 'prompt-processing'): EventParser =>
    parser(progressSchema, ({ progress: share }) =>
      share === undefined ? undefined : { type: 'progress', phase, progress: Math.min(1, Math.max(0, share)) },
    )
  const delta = (type: 'text-delta' | 'reasoning-delta'): EventParser =>
    parser(textSchema, ({ content }) => (content ? { type, text: content } : undefined))
  const bare = (type: Extract<ChatEvent['type'], `${string}-start` | `${string}-end`>): EventParser =>
    parser(nothing, () => ({ type }) as ChatEvent)

  return {
    'chat.start': parser(instance, ({ model_instance_id: id }) => ({
      type: 'chat-start',
      modelInstanceId: id,
    })),
    'model_load.start': parser(instance, ({ model_instance_id: id }) => ({
      type: 'model-load-start',
      modelInstanceId: id,
    })),
    'model_load.progress': progress('model-load'),
    'model_load.end': parser(loaded, ({ model_instance_id: id, load_time_seconds: seconds }) => ({
      type: 'model-load-end',
      modelInstanceId: id,
      loadTimeMs: toMs(seconds),
    })),
    'prompt_processing.start': bare('prompt-processing-start'),
    'prompt_processing.progress': progress('prompt-processing'),
    'prompt_processing.end': bare('prompt-processing-end'),
    'reasoning.start': bare('reasoning-start'),
    'reasoning.delta': delta('reasoning-delta'),
    'reasoning.end': bare('reasoning-end'),
    'tool_call.start': parser(toolCallSchema, (call) => ({ type: 'tool-call-start', ...toNameAndSource(call) })),
    'tool_call.arguments': parser(toolCallSchema, (call) => ({
      type: 'tool-call-arguments',
      ...toNameAndSource(call),
      arguments: call.arguments,
    })),
    'tool_call.success': parser(toolCallSchema, (call) => ({ type: 'tool-call-success', ...toServerToolCall(call) })),
    'tool_call.failure': parser(invalidToolCallSchema, (call) => ({
      type: 'tool-call-failure',
      ...toInvalidToolCall(call),
    })),
    'message.start': bare('text-start'),
    'message.delta': delta('text-delta'),
    'message.end': bare('text-end'),
  }
})

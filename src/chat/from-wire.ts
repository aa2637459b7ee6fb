import { InvalidResponseError } from '../errors/api-errors.js'
import { toolCallEvents } from '../generation/answer-draft.js'
import type { Asked } from '../generation/ask.js'
import type { CompletionEvent, CompletionResponse } from '../types/completion.js'
import type { JSONAnswer } from '../transport/types.js'
import { completionSchema, isPlainCompletion } from '../wire/chat-completions.js'
import { parseWire } from '../wire/parse.js'
import { AnswerBuilder } from './answer-builder.js'

/** A whole answer, and the events it consists of for whoever asked for a stream. */
export function fromCompletion(
  { body, sentAt, context }: JSONAnswer,
  { model }: Asked,
): { readonly response: CompletionResponse; readonly events: CompletionEvent[] } {
  const completion = isPlainCompletion(body) ? body : parseWire(completionSchema, body, 'The answer', context)
  const builder = new AnswerBuilder(model, sentAt, false)
  const events: CompletionEvent[] = []
  builder.envelope(completion)
  const [choice] = completion.choices
  if (!choice?.message && typeof choice?.text !== 'string') {
    throw new InvalidResponseError('The answer holds no message.', {
      code: 'empty-response',
      endpoint: context.endpoint,
    })
  }
  events.push({ type: 'completion-start', id: builder.id, model: builder.model })
  const { message, text } = choice
  if (message) {
    // Each entry of a whole message is a call of its own, whatever its index or id says.
    const calls = message.tool_calls?.map((call, index) => ({ ...call, index }))
    builder.message({ ...message, tool_calls: calls }, events)
    builder.flush(events)
  } else if (text) builder.say(text, events)
  builder.rawFinishReason = choice.finish_reason || undefined
  const response = builder.finish(context.endpoint)
  events.push(...toolCallEvents(response), { type: 'completion-end', response })
  return { response, events }
}

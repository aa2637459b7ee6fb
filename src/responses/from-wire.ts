import { toolCallEvents } from '../generation/answer-draft.js'
import type { Asked } from '../generation/ask.js'
import type { FailureContext, JSONAnswer } from '../transport/types.js'
import type { RespondEvent, RespondResponse } from '../types/responses.js'
import { parseWire } from '../wire/parse.js'
import { responseSchema } from '../wire/responses.js'
import { ResponseBuilder } from './response-builder.js'

/** A whole answer, and the events it consists of for whoever asked for a stream. */
export function fromResponse(
  { body, sentAt, context }: JSONAnswer,
  { model }: Asked,
): { readonly response: RespondResponse; readonly events: RespondEvent[] } {
  const wire = parseWire(responseSchema, body, 'The answer', context)
  const builder = new ResponseBuilder(model, sentAt, false)
  const content: RespondEvent[] = []
  builder.end(wire, undefined, content)
  const { response, events } = endOf(builder, context)
  return {
    response,
    events: [{ type: 'response-start', id: response.id, model: response.model }, ...content, ...events],
  }
}

/** The answer, and the events that end its stream. */
export function endOf(
  builder: ResponseBuilder,
  context: FailureContext,
): { readonly response: RespondResponse; readonly events: RespondEvent[] } {
  const response = builder.respond(context.endpoint)
  return { response, events: [...toolCallEvents(response), { type: 'response-end', response }] }
}

import { DONE, eventStream, frame } from '../integration/support/servers.js'
import { json } from './client.js'

/** A scripted message of the assistant. */
export interface ScriptedMessage {
  readonly content?: string
  readonly toolCall?: { readonly name: string; readonly arguments: string }
}

/** Responds to `POST /v1/chat/completions`, with an event stream if the request wants one. */
export async function respondToChat(request: Request, { content = '', toolCall }: ScriptedMessage): Promise<Response> {
  const { stream } = (await request.clone().json()) as { readonly stream?: boolean }
  const finishReason = toolCall === undefined ? 'stop' : 'tool_calls'
  const toolCalls = toolCall === undefined ? [] : [{ id: 'call_1', type: 'function', function: toolCall }]
  if (stream !== true) {
    const message = { role: 'assistant', content, tool_calls: toolCalls }
    return json({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: finishReason }] })
  }
  const deltas = toolCalls.map((call, index) => frame({ tool_calls: [{ index, ...call }] }))
  return eventStream(frame({ role: 'assistant', content }), ...deltas, frame({}, finishReason), DONE)
}

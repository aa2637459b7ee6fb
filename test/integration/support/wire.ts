/** One chunk of a chat completion, framed as LM Studio does. */
export function frame(delta: object, finishReason: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }]
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'acme/tern-4b', choices }
  return `data: ${JSON.stringify({ ...chunk, ...more })}\n\n`
}

export const DONE = 'data: [DONE]\n\n'

/** A response with an event stream. */
export function eventStream(...frames: string[]): Response {
  return new Response(frames.join(''), { headers: { 'content-type': 'text/event-stream' } })
}

/** The body of a chat completion with the given text. */
export function completionBody(text: string): object {
  const message = { role: 'assistant', content: text, tool_calls: [] }
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'acme/tern-4b',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  }
}

import { chunksOf, framesOf } from '../recorder.js'
import { defineProbe } from '../types.js'
import { choiceOf, reasoningOf, textOf } from '../wire.js'
import { CHAT, MAX_TOKENS, PROMPT, usageOf } from './chat.js'

export const stream = defineProbe({
  name: 'Streamed chat completion',
  assumptions: {
    type: { section: '3.3', text: 'A stream has the type text/event-stream' },
    done: { section: '3.3', text: 'data: [DONE] ends the stream' },
    names: { section: '3.3', text: 'A successful stream has no named events' },
    finish: { section: '3.3', text: 'One chunk has a finish_reason' },
    usage: { section: '3.3', text: 'With include_usage, the usage comes with or after the finish_reason' },
    reading: { section: '3.3', text: 'The library joins the deltas to the text and the reasoning' },
  },
  async run({ provider, chatModel, lastExchange }, findings) {
    const events = provider.stream({ model: chatModel(), prompt: PROMPT, maxTokens: MAX_TOKENS, temperature: 0 })
    let text = ''
    for await (const event of events) if (event.type === 'text-delta') text += event.text
    const response = await events.response
    const exchange = lastExchange(CHAT)
    const type = exchange.headers.get('content-type') ?? 'not sent'
    findings.check('type', type.startsWith('text/event-stream'), `Content-Type: ${type}`)
    const frames = framesOf(exchange)
    findings.check('done', frames.at(-1)?.data === '[DONE]', `the last event is ${frames.at(-1)?.data.slice(0, 60)}`)
    const named = frames.find(({ event }) => event !== undefined)?.event
    findings.check('names', named === undefined, `event: ${named}`)

    const chunks = chunksOf(exchange)
    const finishes = chunks.flatMap((chunk, index) => (choiceOf(chunk).finish_reason == null ? [] : [index]))
    findings.check('finish', finishes.length === 1, `${finishes.length} chunks have a finish_reason`)
    const usage = chunks.findLastIndex((chunk) => usageOf(chunk).prompt_tokens !== undefined)
    findings.check(
      'usage',
      usage >= (finishes[0] ?? 0),
      usage < 0 ? 'no chunk has usage' : 'the usage comes before the finish_reason',
    )

    const deltas = chunks.map((chunk) => choiceOf(chunk).delta)
    const content = deltas.map((delta) => textOf(delta.content)).join('')
    const reasoning = deltas.map(reasoningOf).join('')
    const isInline = content.includes('</think>')
    const differences = [
      text === response.text ? [] : ['events and response'],
      isInline || response.text === content ? [] : ['text'],
      isInline || (response.reasoning ?? '') === reasoning ? [] : ['reasoning'],
    ].flat()
    findings.check('reading', differences.length === 0, `differs: ${differences.join(', ')}`)
    findings.observe({
      section: '14.2',
      question: 'Time to the headers of a stream, and to its first byte',
      answer: `${Math.round(exchange.headersMs)} ms and ${Math.round(exchange.firstByteMs ?? exchange.headersMs)} ms`,
    })
  },
})

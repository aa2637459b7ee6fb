import { bodyOf, chunksOf, framesOf } from '../recorder.js'
import { defineProbe, objectsIn } from '../types.js'
import { textOf } from '../wire.js'
import { MAX_TOKENS, PROMPT } from './chat.js'

const ROUTE = '/v1/responses'

export const responses = defineProbe({
  name: 'Responses',
  assumptions: {
    shape: { section: '4.2', text: 'POST /v1/responses returns output[] with a message or reasoning' },
    reading: { section: '4.2', text: 'The library joins the output_text parts' },
    order: { section: '4.3', text: 'A stream starts with response.created and ends with response.completed' },
    names: { section: '4.3', text: 'Each event repeats its name in type' },
    streamed: { section: '4.3', text: 'The library reads the same text from the deltas' },
  },
  async run({ provider, chatModel, lastExchange, server }, findings) {
    const request = { model: chatModel(), input: PROMPT, maxTokens: MAX_TOKENS, temperature: 0, store: false }
    const response = await provider.respond(request)
    const output = objectsIn(bodyOf(lastExchange(ROUTE))['output'])
    const types = output.map(({ type }) => textOf(type))
    findings.check(
      'shape',
      types.some((type) => /^(message|reasoning)$/.test(type)),
      `types: ${types.join(', ')}`,
    )
    const texts = output
      .filter(({ type }) => type === 'message')
      .flatMap(({ content }) => objectsIn(content).map(({ text }) => textOf(text)))
    findings.check('reading', response.text === texts.join(''), 'the text differs')

    const streamed = await provider.streamRespond(request).response
    const exchange = lastExchange(ROUTE)
    const frames = framesOf(exchange)
    const isDone = frames.at(-1)?.data === '[DONE]'
    const events = chunksOf(exchange)
    const [first, last] = [events[0], events.at(-1)].map((event) => textOf(event?.['type']))
    // A response that max_output_tokens cuts off ends with response.incomplete.
    const isOrdered = first === 'response.created' && /^response\.(completed|incomplete)$/.test(last ?? '')
    findings.check('order', isOrdered, `${first} … ${last}`)
    const isNamed = events.every(({ type }, index) => type === frames[index]?.event)
    findings.check('names', isNamed, 'an event has another name')
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => textOf(delta))
    findings.check('streamed', streamed.text === deltas.join(''), 'the text differs')
    if (server.kind === 'LM Studio') {
      const question = 'Whether [DONE] follows a stream of /v1/responses'
      findings.observe({ section: '14.5', question, answer: isDone ? 'yes' : 'no' })
    }
  },
})

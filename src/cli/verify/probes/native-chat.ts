import { bodyOf, chunksOf, framesOf } from '../recorder.js'
import { defineProbe, objectsIn } from '../types.js'
import { textOf } from '../wire.js'
import { MAX_TOKENS, PROMPT } from './chat.js'

const ROUTE = '/api/v1/chat'

export const nativeChat = defineProbe({
  name: 'Native chat',
  assumptions: {
    shape: { section: '7.1', text: 'POST /api/v1/chat returns output[], stats and model_instance_id', scope: 'v1' },
    reading: { section: '7.1', text: 'The library joins the messages of the output', scope: 'v1' },
    store: { section: '7.1', text: 'With store: false there is no response_id', scope: 'v1' },
    strict: { section: '7.1', text: 'An unknown key gets status 400 and the code unrecognized_keys', scope: 'v1' },
    item: { section: '7.1', text: 'An input item of the type message gets status 400', scope: 'v1' },
    order: { section: '7.2', text: 'A stream starts with chat.start and ends with chat.end', scope: 'v1' },
    names: { section: '7.2', text: 'Each event repeats its name in type', scope: 'v1' },
    streamed: { section: '7.2', text: 'The library joins the message deltas', scope: 'v1' },
  },
  async run({ provider, chatModel, lastExchange, request }, findings) {
    const model = chatModel()
    const chatRequest = { model, input: PROMPT, maxTokens: MAX_TOKENS, temperature: 0 }
    const response = await provider.chat(chatRequest)
    const { output, stats, model_instance_id: instance, response_id: responseId } = bodyOf(lastExchange(ROUTE))
    const items = objectsIn(output)
    const isShaped = items.length > 0 && typeof stats === 'object' && typeof instance === 'string'
    findings.check('shape', isShaped, 'a field is missing')
    const texts = items.filter(({ type }) => type === 'message').map(({ content }) => textOf(content))
    findings.check('reading', response.text === texts.join(''), 'the text differs')
    findings.check('store', responseId === undefined || responseId === null, 'the response has a response_id')

    const unknown = await request('POST', ROUTE, { body: { model, input: PROMPT, store: false, max_tokens: 8 } })
    const error = bodyOf(unknown)['error'] as { readonly code?: unknown } | undefined
    findings.check('strict', unknown.status === 400 && error?.code === 'unrecognized_keys', `status ${unknown.status}`)
    const item = await request('POST', ROUTE, {
      body: { model, input: [{ type: 'message', content: PROMPT }], store: false, max_output_tokens: 8 },
    })
    findings.check('item', item.status === 400, `status ${item.status}`)

    const streamed = await provider.streamChat(chatRequest).response
    const exchange = lastExchange(ROUTE)
    const events = chunksOf(exchange)
    const [first, last] = [events[0], events.at(-1)].map((event) => textOf(event?.['type']))
    findings.check('order', first === 'chat.start' && last === 'chat.end', `${first} … ${last}`)
    const frames = framesOf(exchange)
    const isNamed = events.every(({ type }, index) => type === frames[index]?.event)
    findings.check('names', isNamed, 'an event has another name')
    const deltas = events.filter(({ type }) => type === 'message.delta').map(({ content }) => textOf(content))
    findings.check('streamed', streamed.text === deltas.join(''), 'the text differs')
  },
})

import { InvalidRequestError } from '../../../errors/errors.js'
import { bodyOf } from '../recorder.js'
import { NotTried, defineProbe } from '../types.js'
import { choiceOf, reasoningOf, textOf } from '../wire.js'
import { CHAT, MAX_TOKENS } from './chat.js'

const PROMPT = 'Is 91 a prime number?'

export const reasoning = defineProbe({
  name: 'Reasoning',
  assumptions: {
    place: { section: '9.3', text: 'Reasoning is in reasoning_content, in reasoning, or between <think> tags' },
    reading: { section: '9.3', text: 'The library separates the reasoning from the text' },
    off: { section: '9.3', text: 'reasoning_effort "none" turns reasoning off', scope: 'v1' },
  },
  async run({ provider, chatModel, lastExchange }, findings) {
    const model = chatModel()
    const completeWith = (effort: 'medium' | 'none') =>
      provider.complete({ model, prompt: PROMPT, reasoningEffort: effort, maxTokens: MAX_TOKENS, temperature: 0 })
    const response = await completeWith('medium').catch((error: unknown) => {
      if (InvalidRequestError.isInstance(error))
        throw new NotTried('the server refuses reasoning_effort for this model')
      throw error
    })
    const { message } = choiceOf(bodyOf(lastExchange(CHAT)))
    const inline = textOf(message.content).includes('</think>')
    if (reasoningOf(message) === '' && !inline)
      throw new NotTried('the response has no reasoning; the model may not reason')
    findings.held(
      'place',
      inline ? '<think>' : message.reasoning_content === undefined ? 'reasoning' : 'reasoning_content',
    )
    const isSeparate = (response.reasoning ?? '') !== '' && !response.text.includes('think>')
    findings.check('reading', isSeparate, 'the text contains reasoning, or the reasoning is empty')

    const without = await completeWith('none')
    findings.check('off', (without.reasoning ?? '') === '', 'the response has reasoning')
  },
})

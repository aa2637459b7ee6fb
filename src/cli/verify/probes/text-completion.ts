import { bodyOf } from '../recorder.js'
import { defineProbe } from '../types.js'
import { choiceOf } from '../wire.js'

export const textCompletion = defineProbe({
  name: 'Text completion',
  assumptions: {
    shape: { section: '3.4', text: 'POST /v1/completions returns choices[0].text' },
    reading: { section: '3.4', text: 'The library returns the text' },
  },
  async run({ provider, chatModel, lastExchange }, findings) {
    const response = await provider.completeText({
      model: chatModel(),
      prompt: 'The sea is',
      maxTokens: 16,
      temperature: 0,
    })
    const { text } = choiceOf(bodyOf(lastExchange('/v1/completions')))
    findings.check('shape', typeof text === 'string', `text is ${typeof text}`)
    findings.check('reading', response.text === text, 'the text differs')
  },
})

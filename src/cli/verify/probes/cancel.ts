import { defineProbe } from '../types.js'

export const cancel = defineProbe({
  name: 'Cancel',
  assumptions: {
    next: { section: '9.6', text: 'After a stream is canceled, the next request gets a response' },
  },
  async run({ provider, chatModel }, findings) {
    const model = chatModel()
    const prompt = 'Count from one to five hundred in words.'
    // Leaving the loop closes the connection.
    for await (const event of provider.stream({ model, prompt, maxTokens: 2000 })) {
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') break
    }
    await provider.complete({ model, prompt: 'Say hello.', maxTokens: 8 })
    findings.held('next')
  },
})

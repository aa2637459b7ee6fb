import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, streamText } from 'ai'
import { messages, MODEL, once } from './request.js'

const model = once((url) =>
  createOpenAICompatible({ name: 'lmstudio', baseURL: `${url}/v1`, includeUsage: true }).chatModel(MODEL),
)

export const create = () => ({
  async stream(url, onText) {
    const { textStream } = streamText({ model: model(url), messages, maxRetries: 0 })
    for await (const text of textStream) {
      const wait = onText(text)
      if (wait) await wait
    }
  },
  complete: async (url) => (await generateText({ model: model(url), messages, maxRetries: 0 })).text,
})

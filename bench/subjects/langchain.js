import { ChatOpenAI } from '@langchain/openai'
import { MODEL, once, PROMPT } from './request.js'

const model = once(
  (url) => new ChatOpenAI({ model: MODEL, apiKey: 'none', maxRetries: 0, configuration: { baseURL: `${url}/v1` } }),
)

export const create = () => ({
  async stream(url, onText) {
    for await (const { content } of await model(url).stream(PROMPT)) {
      if (!content) continue
      const wait = onText(content)
      if (wait) await wait
    }
  },
  complete: async (url) => (await model(url).invoke(PROMPT)).content,
})

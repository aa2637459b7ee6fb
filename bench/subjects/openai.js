import OpenAI from 'openai'
import { messages, MODEL, once } from './request.js'

const client = once((url) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 }))

export const create = () => ({
  async stream(url, onText) {
    const stream = await client(url).chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content
      if (!text) continue
      const wait = onText(text)
      if (wait) await wait
    }
  },
  async complete(url) {
    const response = await client(url).chat.completions.create({ model: MODEL, messages })
    return response.choices[0].message.content
  },
  list: async (url) => (await client(url).models.list()).data.length,
})

import { generateText } from '@xsai/generate-text'
import { listModels } from '@xsai/model'
import { streamText } from '@xsai/stream-text'
import { messages, MODEL } from './request.js'

const options = (url) => ({ baseURL: `${url}/v1/`, model: MODEL, messages })

export const create = () => ({
  async stream(url, onText) {
    const { textStream } = streamText({ ...options(url), streamOptions: { includeUsage: true } })
    for await (const text of textStream) {
      const wait = onText(text)
      if (wait) await wait
    }
  },
  complete: async (url) => (await generateText(options(url))).text,
  list: async (url) => (await listModels({ baseURL: `${url}/v1/` })).length,
})

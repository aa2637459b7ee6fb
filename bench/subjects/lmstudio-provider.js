import { pathToFileURL } from 'node:url'
import { entryFile } from '../lib/build-library.js'
import { messages, MODEL, once, PROMPT } from './request.js'

const { createLMStudio } = await import(pathToFileURL(entryFile(process.env.BENCH_LIBRARY)).href)
const provider = once((endpoint) => createLMStudio({ endpoint, cache: false }))

const READERS = {
  async events(url, onText) {
    for await (const event of provider(url).stream({ model: MODEL, prompt: PROMPT })) {
      if (event.type !== 'text-delta') continue
      const wait = onText(event.text)
      if (wait) await wait
    }
  },
  async textStream(url, onText) {
    for await (const text of provider(url).stream({ model: MODEL, prompt: PROMPT }).textStream) {
      const wait = onText(text)
      if (wait) await wait
    }
  },
}

export const create = (variant = 'events') => ({
  stream: READERS[variant],
  complete: async (url) => (await provider(url).complete({ model: MODEL, messages })).text,
  list: async (url) => (await provider(url).listModels()).length,
  async toolArguments(url) {
    let text = ''
    const stream = provider(url).stream({ model: MODEL, prompt: PROMPT })
    for await (const event of stream) if (event.type === 'tool-call-delta') text += event.argumentsDelta
    const { toolCalls } = await stream.response
    if (toolCalls[0].rawArguments !== text) throw new Error('the deltas are not the arguments')
    return text
  },
  async toolCalls(url) {
    const { toolCalls } = await provider(url).stream({ model: MODEL, prompt: PROMPT }).response
    return toolCalls.length
  },
})

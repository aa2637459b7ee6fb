import { bundle, bundlers, gzippedKB } from '../lib/bundle.js'
import { failure, table } from '../lib/report.js'

export const APPS = {
  'hand-written loop': `
    const base = 'http://127.0.0.1:1234/v1'
    export const list = async () => (await (await fetch(base + '/models')).json()).data
    export async function chat(model, messages, show) {
      const response = await fetch(base + '/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages, stream: true }),
      })
      const reader = response.body.getReader()
      const decoder = new TextDecoder()
      let buffer = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        buffer += decoder.decode(value, { stream: true })
        const lines = buffer.split('\\n')
        buffer = lines.pop()
        for (const line of lines) {
          if (!line.startsWith('data: ')) continue
          const data = line.slice(6)
          if (data === '[DONE]') return
          show(JSON.parse(data).choices[0]?.delta?.content ?? '')
        }
      }
    }`,
  'lmstudio-provider: chat + list': `
    import { createLMStudio } from 'lmstudio-provider'
    const lmstudio = createLMStudio()
    export const list = () => lmstudio.listModels()
    export async function chat(model, messages, show) {
      for await (const text of lmstudio.stream({ model, messages }).textStream) show(text)
    }`,
  'lmstudio-provider/core: chat + list': `
    import { createClient, listModels, stream } from 'lmstudio-provider/core'
    const client = createClient()
    export const list = () => listModels(client)
    export async function chat(model, messages, show) {
      for await (const text of stream(client, { model, messages }).textStream) show(text)
    }`,
  'lmstudio-provider/core: list alone': `
    import { createClient, listModels } from 'lmstudio-provider/core'
    const client = createClient()
    export const list = () => listModels(client)`,
  'lmstudio-provider: whole main entry': `export * from 'lmstudio-provider'`,
  '@xsai/stream-text + @xsai/model': `
    import { streamText } from '@xsai/stream-text'
    import { listModels } from '@xsai/model'
    const baseURL = 'http://127.0.0.1:1234/v1/'
    export const list = () => listModels({ baseURL })
    export async function chat(model, messages, show) {
      for await (const text of streamText({ baseURL, model, messages }).textStream) show(text)
    }`,
  openai: `
    import OpenAI from 'openai'
    const client = new OpenAI({ baseURL: 'http://127.0.0.1:1234/v1', apiKey: 'none', dangerouslyAllowBrowser: true })
    export const list = () => client.models.list()
    export async function chat(model, messages, show) {
      const stream = await client.chat.completions.create({ model, messages, stream: true })
      for await (const chunk of stream) show(chunk.choices[0]?.delta.content ?? '')
    }`,
  'ai + @ai-sdk/openai-compatible (chat only)': `
    import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
    import { streamText } from 'ai'
    const provider = createOpenAICompatible({ name: 'lmstudio', baseURL: 'http://127.0.0.1:1234/v1' })
    export async function chat(model, messages, show) {
      for await (const text of streamText({ model: provider.chatModel(model), messages }).textStream) show(text)
    }`,
  '@langchain/openai (chat only)': `
    import { ChatOpenAI } from '@langchain/openai'
    export async function chat(model, messages, show) {
      const llm = new ChatOpenAI({ model, apiKey: 'none', configuration: { baseURL: 'http://127.0.0.1:1234/v1' } })
      for await (const { content } of await llm.stream(messages)) show(content)
    }`,
}

/** Names that must not pull the rest of the library into a bundle. */
const SINGLE_EXPORTS = [
  { name: 'cosineSimilarity', source: `export { cosineSimilarity } from 'lmstudio-provider'`, limit: 1 },
  { name: 'ProviderError', source: `export { ProviderError } from 'lmstudio-provider'`, limit: 3 },
]

/** Gzipped kB. */
const LIMITS = {
  'lmstudio-provider/core: chat + list': 24,
  'lmstudio-provider/core: list alone': 16,
  'lmstudio-provider: whole main entry': 56,
}

/** Measures the minified and gzipped size of applications that run in a browser. */
export async function measureSizes({ library }) {
  const budgets = []
  const measure = async (name, source, limit, bundler) => {
    try {
      const code = await bundle(library, source, bundler)
      const packed = gzippedKB(code)
      if (limit !== undefined) budgets.push({ name: `Bundle, ${name}`, value: packed, limit, unit: ' kB' })
      return [`${(code.length / 1000).toFixed(1)} kB`, `${packed.toFixed(2)} kB`]
    } catch (error) {
      if (limit !== undefined) budgets.push({ name: `Bundle, ${name}`, value: undefined, limit, unit: ' kB' })
      return [failure(error.errors?.[0]?.text ?? error), '']
    }
  }
  const applications = []
  for (const [name, source] of Object.entries(APPS)) {
    applications.push([name, ...(await measure(name, source, LIMITS[name]))])
  }
  const exports = []
  for (const { name, source, limit } of SINGLE_EXPORTS) {
    const cells = []
    for (const bundler of bundlers) cells.push((await measure(`${name} alone, ${bundler}`, source, limit, bundler))[1])
    exports.push([name, ...cells])
  }
  const text = `## Bundle size

An application that streams a chat and lists models, bundled for a browser by esbuild.

${table(['application', 'minified', 'gzipped'], applications)}

A single export of the main entry, gzipped.

${table(['export', ...bundlers], exports)}`
  return { text, budgets }
}

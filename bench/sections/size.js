import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { failure, table } from '../lib/report.js'

const here = fileURLToPath(new URL('../', import.meta.url))

const APPS = {
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

const LIMITS = { 'lmstudio-provider: chat + list': 10, 'lmstudio-provider: whole main entry': 14 }

/** Minified and gzipped bytes of an application that chats and lists models, for a browser. */
export async function measureSizes({ library }) {
  const rows = []
  const budgets = []
  for (const [name, contents] of Object.entries(APPS)) {
    try {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: here, loader: 'js' },
        alias: { 'lmstudio-provider': `${library}index.js` },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        platform: 'browser',
        target: 'es2022',
        legalComments: 'none',
        logLevel: 'silent',
      })
      const code = outputFiles[0].contents
      const packed = gzipSync(code, { level: 9 }).length / 1000
      rows.push([name, `${(code.length / 1000).toFixed(1)} kB`, `${packed.toFixed(2)} kB`])
      if (name in LIMITS) budgets.push({ what: `Bundle, ${name}`, value: packed, limit: LIMITS[name], unit: ' kB' })
    } catch (error) {
      rows.push([name, failure(error.errors?.[0]?.text ?? error), ''])
      if (name in LIMITS) budgets.push({ what: `Bundle, ${name}`, value: undefined, limit: LIMITS[name], unit: ' kB' })
    }
  }
  const text = `## Bundle size

An application that streams a chat and lists models, bundled for a browser by esbuild.

${table(['application', 'minified', 'gzipped'], rows)}`
  return { text, budgets }
}

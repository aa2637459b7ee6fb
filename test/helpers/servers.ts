import { fixtureText } from './fixtures.js'

/** The servers of which `test/fixtures/servers` has chat completions. */
export const SERVERS = ['lm-studio-0.3', 'lm-studio-0.4', 'llama.cpp', 'ollama', 'vllm'] as const

/** The tool that their recordings call. */
export const TIDE_TOOL = { name: 'tide_at', parameters: { type: 'object', properties: {} } } as const

export const recordedText = (server: string, name: string): string => fixtureText(`servers/${server}/${name}`)

/** The recorded response of a server, labeled as the server labels it. */
export const recorded = (server: string, name: string): Response =>
  new Response(recordedText(server, name), {
    headers: { 'content-type': name.endsWith('.sse') ? 'text/event-stream' : 'application/json' },
  })

import { type Exchange, bodyOf } from './recorder.js'
import { type ServerInfo, objectsIn } from './types.js'

/** The bodies that show what a server is. */
interface Evidence {
  readonly greeting: Exchange
  readonly v1: Exchange
  readonly v0: Exchange
  readonly openai: Exchange
}

/** `owned_by` of the models of servers other than LM Studio, and where they report their version. */
const OTHERS = [
  { owner: 'llamacpp', kind: 'llama.cpp', path: '/props', key: 'build_info' },
  { owner: 'vllm', kind: 'vLLM', path: '/version', key: 'version' },
  // Any other owner can be a user of Ollama's library.
  { owner: undefined, kind: 'Ollama', path: '/api/version', key: 'version' },
] as const

/** Finds out what a server is. `read` requests a further path. */
export async function identify(
  { greeting, v1, v0, openai }: Evidence,
  read: (path: string) => Promise<Exchange>,
): Promise<ServerInfo> {
  const hasV1 = Array.isArray(bodyOf(v1)['models'])
  const hasV0 = Array.isArray(bodyOf(v0)['data'])
  if (bodyOf(greeting)['lmstudio'] === true || hasV1 || hasV0) {
    return { kind: 'LM Studio', version: hasV1 ? '0.4 or later' : '0.3', hasV1, hasV0 }
  }
  const owner = objectsIn(bodyOf(openai)['data'])[0]?.['owned_by']
  const other = OTHERS.find((one) => one.owner === owner) ?? OTHERS[2]
  const version = bodyOf(await read(other.path))[other.key]
  if (other.kind === 'Ollama' && version === undefined) return { kind: 'OpenAI-compatible server', hasV1, hasV0 }
  return { kind: other.kind, ...(typeof version === 'string' ? { version } : {}), hasV1, hasV0 }
}

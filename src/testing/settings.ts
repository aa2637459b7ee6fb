import type { MockFraming, MockLMStudioOptions, MockModel } from './types.js'

/** Every option with its default filled in. */
export interface Settings {
  server: 'lmstudio' | 'openai'
  version: '0.3' | '0.4'
  cors: boolean
  allowedHeaders: '*' | readonly string[]
  privateNetwork: boolean
  auth: boolean | string
  jit: boolean
  autoEvict: boolean
  idleTTLSeconds: number
  parallel: number
  mcp: boolean
  loadDelayMs: number
  tokensPerSecond: number
  seed: number
  models: readonly MockModel[]
  framing: MockFraming
  reply: NonNullable<MockLMStudioOptions['reply']>
  now: () => number
}

const defaultModels: readonly MockModel[] = [
  {
    id: 'acme/tern-4b',
    type: 'vlm',
    displayName: 'Tern 4B',
    quantization: 'Q5_K_M',
    sizeBytes: 3_100_200_300,
    parameters: '4B',
    maxContextLength: 65_536,
    contextLength: 8192,
    loaded: true,
    toolUse: true,
    reasoning: { options: ['off', 'on'], default: 'on' },
  },
  { id: 'acme/heron-base', displayName: 'Heron Base', parameters: '3B', contextLength: 4096 },
  {
    id: 'acme/plover-vl',
    type: 'vlm',
    displayName: 'Plover VL',
    quantization: '4bit',
    format: 'mlx',
    parameters: '7B',
    toolUse: true,
  },
  {
    id: 'acme/judge-1b',
    type: 'decision',
    displayName: 'Judge 1B',
    quantization: 'Q8_0',
    sizeBytes: 1_250_300_400,
    parameters: '1B',
    contextLength: 4096,
  },
  {
    id: 'text-embedding-plover-v2',
    type: 'embedding',
    displayName: 'Plover Embed v2',
    quantization: 'Q8_0',
    sizeBytes: 146_146_432,
  },
]

const defaults: Settings = {
  server: 'lmstudio',
  version: '0.4',
  cors: true,
  allowedHeaders: ['content-type', 'authorization', 'x-api-key'],
  privateNetwork: false,
  auth: false,
  jit: true,
  autoEvict: true,
  idleTTLSeconds: 3600,
  parallel: Infinity,
  mcp: true,
  loadDelayMs: 0,
  tokensPerSecond: Infinity,
  seed: 0,
  models: defaultModels,
  framing: {},
  reply: () => undefined,
  now: () => Date.now(),
}

/** Merges options into the current settings. Options that are `undefined` change nothing. */
export function applyOptions(options: Partial<MockLMStudioOptions>, base: Settings = defaults): Settings {
  const known = [...Object.keys(defaults), 'faults']
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new RangeError(`Unknown option "${name}". Known options: ${known.join(', ')}.`)
  }
  const changes = Object.entries(options).filter(([name, value]) => name in defaults && value !== undefined)
  return { ...base, ...Object.fromEntries(changes) }
}

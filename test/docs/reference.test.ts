import { readFileSync } from 'node:fs'
import type {
  CallOptions,
  ChatRequest,
  CompletionResponse,
  DecisionBatchRequest,
  DiagnosisCode,
  DownloadOptions,
  EmbeddingRequest,
  HealthReport,
  LoadConfig,
  MessagesRequest,
  ModelCapabilities,
  ModelInfo,
  PickModelRequest,
  PromptRequest,
  RespondRequest,
} from 'lmstudio-provider'
import {
  createMockLMStudio,
  type MockFaultName,
  type MockLMStudio,
  type MockLMStudioOptions,
} from 'lmstudio-provider/testing'
import { expect, it } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

/** The names in the first column of the tables below a heading of a page; of the second table with `index` 1. */
function namesIn(page: string, heading: string, index = 0): string[] {
  const [, chapter = ''] = new RegExp(`^## ${heading}\n(.*?)(?=^## |$(?![^]))`, 'ms').exec(page) ?? []
  const tables = chapter
    .trim()
    .split('\n\n')
    .filter((block) => block.startsWith('| '))
  const cells = (tables[index] ?? '').split('\n').slice(2)
  return cells.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)).toSorted()
}

// Each object is complete, because a missing or misspelled name does not compile.
const requestFields: Record<keyof MessagesRequest | keyof PromptRequest, true> = {
  model: true,
  messages: true,
  prompt: true,
  system: true,
  temperature: true,
  topP: true,
  topK: true,
  minP: true,
  maxTokens: true,
  stop: true,
  seed: true,
  presencePenalty: true,
  frequencyPenalty: true,
  repeatPenalty: true,
  logitBias: true,
  tools: true,
  toolChoice: true,
  responseFormat: true,
  reasoningEffort: true,
  ttlSeconds: true,
  draftModel: true,
  extraBody: true,
}
const callOptions: Record<keyof CallOptions, true> = { signal: true, timeout: true, maxRetries: true, headers: true }
const modelFields: Record<keyof ModelInfo, true> = {
  id: true,
  type: true,
  displayName: true,
  publisher: true,
  architecture: true,
  format: true,
  quantization: true,
  sizeBytes: true,
  parameters: true,
  state: true,
  instances: true,
  contextLength: true,
  maxContextLength: true,
  capabilities: true,
  variants: true,
  raw: true,
}
const capabilities: Record<keyof ModelCapabilities, true> = {
  chat: true,
  embeddings: true,
  decisions: true,
  vision: true,
  toolUse: true,
  reasoning: true,
  structuredOutput: true,
  maxContextLength: true,
  contextLength: true,
}
const healthFields: Record<keyof HealthReport, true> = {
  status: true,
  endpoint: true,
  latencyMs: true,
  isLMStudio: true,
  api: true,
  modelsAvailable: true,
  modelsLoaded: true,
  diagnosis: true,
}
const diagnosisCodes: Record<DiagnosisCode, true> = {
  ok: true,
  'not-running': true,
  'wrong-service': true,
  'wrong-path': true,
  'old-version': true,
  'auth-required': true,
  'auth-rejected': true,
  'no-models': true,
  'cors-disabled': true,
  'permission-required': true,
  'permission-denied': true,
  'mixed-content': true,
  'insecure-context': true,
  'blocked-by-csp': true,
  timeout: true,
  dns: true,
  tls: true,
  offline: true,
  'server-error': true,
  unknown: true,
}

const responseFields: Record<keyof CompletionResponse, true> = {
  text: true,
  reasoning: true,
  toolCalls: true,
  finishReason: true,
  rawFinishReason: true,
  model: true,
  id: true,
  usage: true,
  stats: true,
  refusal: true,
  annotations: true,
  logprobs: true,
  raw: true,
}
const respond: Record<keyof RespondRequest, true> = {
  model: true,
  input: true,
  instructions: true,
  previousResponseId: true,
  store: true,
  tools: true,
  toolChoice: true,
  reasoningEffort: true,
  temperature: true,
  topP: true,
  maxTokens: true,
  presencePenalty: true,
  frequencyPenalty: true,
  extraBody: true,
}
const chat: Record<keyof ChatRequest, true> = {
  model: true,
  input: true,
  system: true,
  previousResponseId: true,
  store: true,
  integrations: true,
  reasoning: true,
  contextLength: true,
  maxTokens: true,
  temperature: true,
  topP: true,
  topK: true,
  minP: true,
  repeatPenalty: true,
}
const embed: Record<keyof EmbeddingRequest, true> = { model: true, input: true, batchSize: true, concurrency: true }
const decideMany: Record<keyof DecisionBatchRequest, true> = {
  model: true,
  inputs: true,
  questions: true,
  fallback: true,
  concurrency: true,
}
const pickModel: Record<keyof PickModelRequest, true> = {
  type: true,
  vision: true,
  toolUse: true,
  reasoning: true,
  decisions: true,
  minContextLength: true,
}
const loadModel: Record<keyof LoadConfig, true> = {
  contextLength: true,
  evalBatchSize: true,
  flashAttention: true,
  numExperts: true,
  offloadKVCacheToGPU: true,
  forceNew: true,
}
const downloadModel: Record<keyof DownloadOptions, true> = { quantization: true, jobId: true, onProgress: true }

const mockOptions: Record<keyof MockLMStudioOptions, true> = {
  server: true,
  version: true,
  cors: true,
  allowedHeaders: true,
  privateNetwork: true,
  auth: true,
  jit: true,
  autoEvict: true,
  idleTTLSeconds: true,
  parallel: true,
  mcp: true,
  loadDelayMs: true,
  tokensPerSecond: true,
  seed: true,
  models: true,
  framing: true,
  reply: true,
  faults: true,
  now: true,
}
const mockMembers: Record<keyof MockLMStudio, true> = {
  fetch: true,
  handle: true,
  calls: true,
  apiToken: true,
  loadedInstances: true,
  inject: true,
  release: true,
  whenHeld: true,
  whenCalled: true,
  configure: true,
  reset: true,
}

it('docs/testing.md lists every option of the mock', () => {
  expect(namesIn(read('testing.md'), 'Options')).toEqual(Object.keys(mockOptions).toSorted())
})

it.each(Object.keys(mockMembers))('docs/testing.md names the member %s of the mock', (name) => {
  expect(read('testing.md')).toContain(`\`mock.${name}`)
})

it.each([
  ['Completion requests', 0, requestFields],
  ['Completion responses', 0, responseFields],
  ['Call options', 0, callOptions],
  ['Models', 0, modelFields],
  ['Models', 1, capabilities],
  ['Health reports', 0, healthFields],
  ['Diagnosis codes', 0, diagnosisCodes],
] as const)('docs/reference.md lists every name of the table “%s” (%i)', (heading, index, names) => {
  expect(namesIn(read('reference.md'), heading, index)).toEqual(Object.keys(names).toSorted())
})

it.each(Object.entries({ respond, chat, embed, decideMany, pickModel, loadModel, downloadModel }))(
  'docs/reference.md lists the fields of %s',
  (call, names) => {
    const [, fields = ''] = new RegExp(`^\\| \`${call}\`.*? \\| (.*) \\|$`, 'm').exec(read('reference.md')) ?? []
    expect([...fields.matchAll(/`([^`]+)`/g)].map(([, name]) => name!).toSorted()).toEqual(
      Object.keys(names).toSorted(),
    )
  },
)

it('docs/testing.md lists every fault of the mock', () => {
  const mock = createMockLMStudio()
  const documented = namesIn(read('testing.md'), 'Faults').filter((name) => name !== 'status-<n>' && name !== '{ raw }')
  for (const name of documented) mock.inject(name as MockFaultName)
  let message = ''
  try {
    mock.inject('no-such-fault' as MockFaultName)
  } catch (error) {
    message = (error as Error).message
  }
  const known = message
    .split(/[\s,.:]+/)
    .filter((word) => /^[a-z\d]+(-[a-z\d]+)+$|^(html|redirect|reset|stall|cut|crash)$/.test(word))
  expect(known.filter((name) => name !== 'no-such-fault').toSorted()).toEqual(documented)
})

import {
  ConfigurationError,
  type HealthReport,
  type LMStudioOptions,
  type LMStudioProvider,
  type ModelInfo,
} from 'lmstudio-provider'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp, type App } from '../../playground/src/app.js'
import { deferred } from '../helpers/deferred.js'
import { model } from './models.js'

const ENDPOINT = 'http://127.0.0.1:1234'
const MOCK = 'http://127.0.0.1:5174'
const healthy: HealthReport = {
  status: 'healthy',
  endpoint: ENDPOINT,
  latencyMs: 3,
  isLMStudio: true,
  api: 'v1',
  modelsAvailable: 1,
  modelsLoaded: 1,
}

const healthCheck = vi.fn<LMStudioProvider['healthCheck']>()
const listModels = vi.fn<LMStudioProvider['listModels']>()
const createProvider = vi.fn((options: LMStudioOptions) => {
  return { endpoint: String(options.endpoint), healthCheck, listModels } as unknown as LMStudioProvider
})
const remember = vi.fn()
let app: App

const text = (selector: string): string => app.element.querySelector(selector)?.textContent ?? ''
const input = (id: string): HTMLInputElement => app.element.querySelector(`#${id}`)!

/** Presses Connect, and waits until the page has said how that ended. */
async function connect(): Promise<void> {
  const button = app.element.querySelector<HTMLButtonElement>('.connection button')!
  button.click()
  await vi.waitFor(() => expect(button.textContent).toBe('Connect'))
}

beforeEach(() => {
  vi.clearAllMocks()
  healthCheck.mockResolvedValue(healthy)
  listModels.mockResolvedValue([model({ id: 'a/one', state: 'loaded' })])
  app = createApp({ endpoint: ENDPOINT, mock: MOCK, createProvider, remember })
  document.body.replaceChildren(app.element)
})

describe('connecting', () => {
  test('asks nobody before it is told to', () => {
    expect(createProvider).not.toHaveBeenCalled()
    expect(input('endpoint').value).toBe(ENDPOINT)
  })

  test('shows the server and its models, and remembers the address', async () => {
    await connect()
    expect(text('.health .badge')).toBe('Healthy')
    expect(text('.models tbody')).toContain('a/one')
    expect(remember).toHaveBeenCalledWith(ENDPOINT)
  })

  test('by hand asks for the list anew, by itself takes the one that is kept', async () => {
    await app.connect()
    expect(listModels.mock.lastCall?.[0]?.refresh).toBe(false)
    await connect()
    expect(listModels.mock.lastCall?.[0]?.refresh).toBe(true)
  })

  test('passes a token on only where there is one', async () => {
    await connect()
    expect(createProvider).toHaveBeenLastCalledWith({ endpoint: ENDPOINT })
    input('token').value = ' sk-lm-abc '
    await connect()
    expect(createProvider).toHaveBeenLastCalledWith({ endpoint: ENDPOINT, apiToken: 'sk-lm-abc' })
  })

  test('lets prompts leave the network only where the person says so', async () => {
    input('remote').click()
    await connect()
    expect(createProvider).toHaveBeenLastCalledWith({ endpoint: ENDPOINT, allowRemote: true })
    input('remote').click()
    await connect()
    expect(createProvider).toHaveBeenLastCalledWith({ endpoint: ENDPOINT })
  })

  test('says at each moment why no message can be sent', async () => {
    const report = deferred<HealthReport>()
    const list = deferred<ModelInfo[]>()
    healthCheck.mockReturnValueOnce(report.promise)
    listModels.mockReturnValueOnce(list.promise)
    expect(text('#reason')).toBe('Connect to a server first.')
    const connecting = app.connect()
    expect(text('#reason')).toBe('Connecting…')
    report.resolve(healthy)
    await vi.waitFor(() => expect(text('.health .badge')).toBe('Healthy'))
    expect(text('#reason')).toBe('Loading the models…')
    expect(text('.models .note')).toBe('Loading the models…')
    list.resolve([model({ id: 'a/one' })])
    await connecting
    expect(text('#reason')).toBe('')
  })

  test('tells a mock from a server', async () => {
    const tag = app.element.querySelector<HTMLElement>('.health .tag')!
    input('endpoint').value = MOCK
    await connect()
    expect(tag.hidden).toBe(false)
    input('endpoint').value = ENDPOINT
    await connect()
    expect(tag.hidden).toBe(true)
  })

  test('to a server that does not answer shows the diagnosis and asks for no list', async () => {
    const diagnosis = { code: 'not-running', summary: 'Nothing answers.', steps: ['Start it.'], evidence: [] } as const
    healthCheck.mockResolvedValue({ ...healthy, status: 'unreachable', modelsAvailable: undefined, diagnosis })
    await connect()
    expect(text('.health')).toContain('Nothing answers.')
    expect(text('.health li')).toBe('Start it.')
    expect(listModels).not.toHaveBeenCalled()
    expect(remember).not.toHaveBeenCalled()
  })

  test('to an address that is none says what is wrong with it', async () => {
    createProvider.mockImplementationOnce(() => {
      throw new ConfigurationError('The option endpoint is not a URL.', { source: 'it', hint: 'Write http://…' })
    })
    await connect()
    expect(text('.health')).toContain('The option endpoint is not a URL.')
    expect(text('.health li')).toBe('Write http://…')
    expect(text('#reason')).toContain('Not connected')
    await connect()
    expect(text('.health')).not.toContain('The option endpoint')
  })

  test('again ends the attempt before, whose late answer changes nothing', async () => {
    const first = deferred<HealthReport>()
    healthCheck.mockImplementationOnce(({ signal } = {}) => {
      signal?.addEventListener('abort', () => first.reject(signal.reason))
      return first.promise
    })
    const leaving = app.connect()
    await connect()
    await leaving
    expect(text('.health .badge')).toBe('Healthy')
    expect(healthCheck.mock.calls[0]?.[0]?.signal?.aborted).toBe(true)
  })

  test('elsewhere in vain forgets the models of the last server', async () => {
    await connect()
    healthCheck.mockResolvedValue({ ...healthy, status: 'unreachable', modelsAvailable: undefined })
    await connect()
    expect(text('.models tbody')).toBe('')
    expect(app.element.querySelector<HTMLButtonElement>('.composer button')?.disabled).toBe(true)
  })
})

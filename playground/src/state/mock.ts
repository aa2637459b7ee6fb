import { signal } from '@preact/signals'
import { demoReply } from '../lib/demo-reply.js'
import type { MockLMStudio, MockLMStudioOptions } from 'lmstudio-provider/testing'

/**
 * The address the mock in this page goes by. Nobody can have it, and it is neither this machine's nor its network's, so
 * that no browser asks for a permission to reach it.
 */
export const MOCK_ENDPOINT = 'https://mock.invalid'

const DEFAULTS: MockLMStudioOptions = { tokensPerSecond: 60, loadDelayMs: 1200, reply: demoReply }

/** The mock in this page, once it has been asked for. `inject`, `configure` and `calls` are for the fault lab. */
export const mock = signal<MockLMStudio | undefined>(undefined)

let creating: Promise<MockLMStudio> | undefined

/** Makes the mock the first time; loaded only then. */
export function getMock(): Promise<MockLMStudio> {
  creating ??= import('lmstudio-provider/testing').then(({ createMockLMStudio }) => {
    const made = createMockLMStudio(DEFAULTS)
    mock.value = made
    return made
  })
  return creating
}

import { signal } from '@preact/signals'
import { demoReply } from '../lib/demo-reply.js'
import type { MockLMStudio, MockLMStudioOptions } from 'lmstudio-provider/testing'

/**
 * The endpoint of the mock inside this page. `.invalid` is reserved, so the address never exists. It is not a local
 * address either, so browsers do not ask for permission to reach it.
 */
export const MOCK_ENDPOINT = 'https://mock.invalid'

const DEFAULTS: MockLMStudioOptions = { tokensPerSecond: 60, loadDelayMs: 1200, reply: demoReply }

/** The mock inside this page, once it is created. */
export const mock = signal<MockLMStudio | undefined>(undefined)

let creating: Promise<MockLMStudio> | undefined

/** Returns the mock. Loads and creates it at the first call. */
export function getMock(): Promise<MockLMStudio> {
  creating ??= import('lmstudio-provider/testing').then(({ createMockLMStudio }) => {
    const created = createMockLMStudio(DEFAULTS)
    mock.value = created
    return created
  })
  return creating
}

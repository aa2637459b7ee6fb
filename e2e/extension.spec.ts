import { expect, test } from '@playwright/test'
import { startMockLMStudio, type MockLMStudioServer } from '../src/testing/node-server.js'
import { startExtension, type Extension } from './setup/extension.js'
import type { AccessCodes } from './setup/policies.js'

const HOSTS = { host_permissions: ['http://127.0.0.1/*'] }
const OK = { listModels: 'ok', healthCheck: 'ok', diagnose: 'ok' }
const blocked = (code: string) => ({ listModels: code, healthCheck: code, diagnose: code })

interface Scope {
  readonly library: typeof import('lmstudio-provider')
  accessCodes(endpoint: string): Promise<AccessCodes>
}

let mock: MockLMStudioServer

test.beforeEach(async () => void (mock = await startMockLMStudio({ cors: false })))
test.afterEach(() => mock.close())

/** Makes the calls in the page of the popup and in the service worker. */
async function codesIn({ page, serviceWorker }: Extension): Promise<readonly AccessCodes[]> {
  await page.waitForFunction(() => 'accessCodes' in globalThis)
  const call = (endpoint: string) => (globalThis as unknown as Scope).accessCodes(endpoint)
  return [await page.evaluate(call, mock.url), await serviceWorker.evaluate(call, mock.url)]
}

test('an extension with host permissions needs neither CORS nor the permission', async ({ launchOptions }) => {
  await using extension = await startExtension(HOSTS, launchOptions)
  for (const codes of await codesIn(extension)) expect(codes).toMatchObject(OK)
  const permission = await extension.page.evaluate(
    async () => (await navigator.permissions.query({ name: 'loopback-network' as PermissionName })).state,
  )
  expect(permission).not.toBe('granted')
  const stream = async (endpoint: string): Promise<string> => {
    const lmstudio = (globalThis as unknown as Scope).library.createLMStudio({ endpoint })
    let text = ''
    const request = { model: 'acme/tern-4b', prompt: 'Hello.', reasoningEffort: 'none' } as const
    for await (const delta of lmstudio.stream(request).textStream) text += delta
    return text
  }
  expect(await extension.page.evaluate(stream, mock.url)).toBe('You said: Hello.')
  expect(await extension.serviceWorker.evaluate(stream, mock.url)).toBe('You said: Hello.')
  expect(mock.calls.map(({ method }) => method)).not.toContain('OPTIONS')
})

test('an extension without host permissions needs CORS, and the hint names the manifest', async ({ launchOptions }) => {
  await using extension = await startExtension({}, launchOptions)
  for (const codes of await codesIn(extension)) {
    expect(codes).toMatchObject(blocked('cors-disabled'))
    expect(codes.hint).toBe('Add "http://127.0.0.1/*" to `host_permissions` in the extension manifest.')
  }
  mock.configure({ cors: true })
  for (const codes of await codesIn(extension)) expect(codes).toMatchObject(OK)
})

test('an extension whose manifest restricts connections gets a hint for its policy', async ({ launchOptions }) => {
  const policy = {
    content_security_policy: { extension_pages: "script-src 'self'; object-src 'self'; connect-src 'self'" },
  }
  await using extension = await startExtension({ ...HOSTS, ...policy }, launchOptions)
  for (const codes of await codesIn(extension)) {
    expect(codes).toMatchObject(blocked('blocked-by-csp'))
    expect(codes.hint).toContain(`Add ${mock.url} to \`connect-src\` in \`content_security_policy.extension_pages\``)
  }
})

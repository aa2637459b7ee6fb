import type { LMStudioProvider } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { DIALECTS, serveOther } from './support/other-server.js'
import { connect, HELLO, MODEL, setUp } from './support/provider.js'

/** Methods that need LM Studio 0.4.0. */
const CALLS: readonly [string, (lmstudio: LMStudioProvider) => Promise<unknown>][] = [
  ['loadModel', (lmstudio) => lmstudio.loadModel(MODEL)],
  ['unloadModel', (lmstudio) => lmstudio.unloadModel(MODEL)],
  ['downloadModel', (lmstudio) => lmstudio.downloadModel('acme/puffin-7b')],
]

describe.each(CALLS)('%s', (name, call) => {
  test(`${name} names the required version for LM Studio before 0.4, and changes nothing`, async () => {
    const { mock, lmstudio } = await setUp({ version: '0.3' })
    const error = await caught(call(lmstudio))
    expect(error).toMatchObject({ name: 'UnsupportedEndpointError', since: '0.4.0', isRetryable: false })
    expect(error.hint).toContain('LM Studio 0.4.0')
    expect(mock.loadedInstances.map(({ id }) => id)).toEqual([MODEL])
  })

  test.each(Object.entries(DIALECTS))(
    `${name} names the required version of LM Studio for %s`,
    async (_server, dialect) => {
      const error = await caught(call(connect(await serveOther(dialect))))
      expect(error).toMatchObject({ name: 'UnsupportedEndpointError', since: '0.4.0' })
      expect(error.hint).toContain('LM Studio 0.4.0')
    },
  )

  test(`${name} does not blame the version of a server that requires a token`, async () => {
    const { lmstudio } = await setUp({ auth: true })
    expect(await caught(call(lmstudio))).toMatchObject({ name: 'AuthenticationError' })
  })
})

test('loadModel knows the version from the list of models, without a further request', async () => {
  const { mock, lmstudio } = await setUp({ version: '0.3' })
  await caught(lmstudio.loadModel(MODEL))
  expect(mock.calls.map(({ path }) => path)).toEqual(['/api/v1/models', '/api/v0/models'])
})

describe('an LM Studio before 0.4', () => {
  test('modelCapabilities reads the context lengths from the older list', async () => {
    const { lmstudio } = await setUp({ version: '0.3' })
    expect(await lmstudio.modelCapabilities(MODEL)).toMatchObject({ contextLength: 8192, maxContextLength: 65_536 })
  })

  test('complete, stream and embed work with LM Studio before 0.4', async () => {
    const { lmstudio } = await setUp({ version: '0.3' })
    expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
    expect((await lmstudio.stream(HELLO).response).text).toBe('You said: Hello.')
    expect((await lmstudio.embed({ model: 'text-embedding-plover-v2', input: 'gull' })).embeddings).toHaveLength(1)
  })
})

describe('the context length of modelCapabilities', () => {
  test('modelCapabilities returns the context length of the instance that is named', async () => {
    const { lmstudio } = await setUp()
    await lmstudio.loadModel(MODEL, { contextLength: 16_384 })
    const contexts = await Promise.all(
      [MODEL, `${MODEL}:2`, `${MODEL}@q5_k_m`].map(
        async (name) => (await lmstudio.modelCapabilities(name))?.contextLength,
      ),
    )
    expect(contexts).toEqual([8192, 16_384, 8192])
  })

  test('modelCapabilities returns no context length while the model is not loaded', async () => {
    const { lmstudio } = await setUp()
    expect(await lmstudio.modelCapabilities('acme/heron-base')).toMatchObject({ contextLength: undefined })
  })
})

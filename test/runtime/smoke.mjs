// The smoke test of every runtime, written with what all of them have: each entry loads, and the main functions work over
// a real socket.

/**
 * @param {{ main: any, testing: any, url: string, nowhere: string }} given the main entry, the testing entry, the address
 *   of a mock, and an address without a server
 * @returns {Promise<{ name: string, error?: string }[]>} one result per check, with an error if it failed
 */
export async function smoke({ main, testing, url, nowhere }) {
  const { createLMStudio, ProviderError, memoryCache } = main
  const model = 'acme/tern-4b'
  const lmstudio = createLMStudio({ endpoint: url, cache: memoryCache() })

  /** @type {Record<string, () => Promise<void>>} */
  const checks = {
    'reports a healthy server': async () => {
      const { status, isLMStudio } = await lmstudio.healthCheck()
      equal(status, 'healthy')
      equal(isLMStudio, true)
    },
    'lists models': async () => {
      const models = await lmstudio.listModels()
      equal(
        models.some((/** @type {any} */ { id }) => id === model),
        true,
      )
    },
    'completes a prompt': async () => {
      const { text, finishReason } = await lmstudio.complete({ model, prompt: 'Hello.' })
      equal(text.length > 0, true)
      equal(finishReason, 'stop')
    },
    'streams a response': async () => {
      let text = ''
      const stream = lmstudio.stream({ model, prompt: 'Hello.' })
      for await (const event of stream) if (event.type === 'text-delta') text += event.text
      equal(text.length > 0, true)
      equal((await stream.response).text, text)
    },
    'rejects with the reason of an abort during a stream': async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const stream = lmstudio.stream({ model, prompt: 'Tell me a long story.' }, { signal: controller.signal })
      const error = await read(stream, () => controller.abort(reason)).catch((/** @type {unknown} */ thrown) => thrown)
      equal(error, reason)
    },
    'reports a refused connection': async () => {
      const off = createLMStudio({ endpoint: nowhere, cache: false, maxRetries: 0 })
      const error = await off.listModels().catch((/** @type {unknown} */ thrown) => thrown)
      equal(ProviderError.isInstance(error), true)
      equal((await off.healthCheck()).status, 'unreachable')
    },
    'completes with the mock in this process': async () => {
      const inProcess = createLMStudio({ fetch: testing.createMockLMStudio().fetch, cache: false })
      const { text } = await inProcess.complete({ model, prompt: 'Hello.' })
      equal(text.length > 0, true)
    },
  }

  const results = []
  for (const [name, check] of Object.entries(checks)) {
    const error = await withLimit(check()).then(() => undefined, describe)
    results.push(error === undefined ? { name } : { name, error })
  }
  return results
}

/**
 * Reads a stream to its end and calls `onText` for each text delta.
 * @param {any} stream
 * @param {() => void} onText
 */
async function read(stream, onText) {
  for await (const event of stream) if (event.type === 'text-delta') onText()
}

/**
 * The stack of an error and of its causes.
 * @param {any} thrown
 * @returns {string}
 */
function describe(thrown) {
  const own = String(thrown?.stack ?? thrown)
  return thrown?.cause === undefined ? own : `${own}\n  caused by ${describe(thrown.cause)}`
}

/** @param {Promise<void>} work */
function withLimit(work) {
  let timer
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not finished within 20 s')), 20_000)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 */
function equal(actual, expected) {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`)
}

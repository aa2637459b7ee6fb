import { expect, test } from './setup/test.js'

// Where a page cannot run: a worker of its own, one that several pages share, and a service worker, which has no `import()`.

/** Imports the package at the top, and streams a response for each endpoint that arrives at a port. */
const STREAM = `
  import { createLMStudio } from '/package/index.js'
  const answer = async ({ data: endpoint }, port) => {
    let text = ''
    try {
      const stream = createLMStudio({ endpoint, cache: false }).stream({ prompt: 'echo: Good evening.' })
      for await (const delta of stream.textStream) text += delta
    } catch (error) {
      text = String(error)
    }
    port.postMessage(text)
  }
`
const SCRIPTS: Record<string, string> = {
  '/worker.js': `${STREAM} addEventListener('message', (event) => answer(event, self))`,
  '/shared-worker.js': `${STREAM} addEventListener('connect', ({ ports: [port] }) => {
    port.onmessage = (event) => answer(event, port)
  })`,
  '/service-worker.js': `${STREAM} addEventListener('message', (event) => event.waitUntil(answer(event, event.source)))
    addEventListener('activate', (event) => event.waitUntil(clients.claim()))`,
}

/** Bodies of functions in the page that start the worker and resolve to the text that it sends back. */
const STARTS = {
  'a worker': `
    const worker = new Worker('/worker.js', { type: 'module' })
    worker.onerror = ({ message }) => fail(message)
    worker.onmessage = ({ data }) => done(data)
    worker.postMessage(endpoint)`,
  'a shared worker': `
    const { port } = new SharedWorker('/shared-worker.js', { type: 'module' })
    port.onmessage = ({ data }) => done(data)
    port.postMessage(endpoint)`,
  'a service worker': `
    navigator.serviceWorker.onmessage = ({ data }) => done(data)
    await navigator.serviceWorker.register('/service-worker.js', { type: 'module' })
    const { active } = await navigator.serviceWorker.ready
    navigator.serviceWorker.startMessages()
    active.postMessage(endpoint)`,
}

for (const [name, start] of Object.entries(STARTS)) {
  test(`${name} streams a response`, async ({ emptyPage, site, mock }) => {
    for (const [path, body] of Object.entries(SCRIPTS)) {
      await emptyPage
        .context()
        .route(site.url + path, (route) => route.fulfill({ contentType: 'text/javascript', body }))
    }
    const program = `(endpoint) => new Promise(async (done, fail) => {${start}})`
    const text = await emptyPage.evaluate(`(${program})(${JSON.stringify(mock.url)})`)
    expect(text).toBe('Good evening.')
  })
}

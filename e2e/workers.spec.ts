import { expect, test } from './setup/test.js'

/** Bodies of functions in the page that start e2e/pages/stream-worker.js and resolve to the text that it sends back. */
const STARTS = {
  'a worker': `
    const worker = new Worker('/pages/stream-worker.js', { type: 'module' })
    worker.onmessage = ({ data }) => done(data)
    worker.postMessage(endpoint)`,
  'a shared worker': `
    const { port } = new SharedWorker('/pages/stream-worker.js', { type: 'module' })
    port.onmessage = ({ data }) => done(data)
    port.postMessage(endpoint)`,
  // A service worker has no dynamic import.
  'a service worker': `
    navigator.serviceWorker.onmessage = ({ data }) => done(data)
    await navigator.serviceWorker.register('/pages/stream-worker.js', { type: 'module' })
    const { active } = await navigator.serviceWorker.ready
    active.postMessage(endpoint)`,
}

for (const [name, start] of Object.entries(STARTS)) {
  test(`${name} streams a response`, async ({ emptyPage, mock }) => {
    const program = `(endpoint) => new Promise(async (done) => {${start}})`
    const text = await emptyPage.evaluate(`(${program})(${JSON.stringify(mock.url)})`)
    expect(text).toBe('Good evening.')
  })
}

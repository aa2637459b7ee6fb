// Runs the smoke test in a runtime with a command line (Node, Bun, Deno) on all entries, and prints the results as one
// line of JSON.
import { smoke } from './smoke.mjs'

const dist = new URL('../../dist/', import.meta.url)
const [url, nowhere] = process.argv.slice(2)
const [main, node, testing, testingNode] = await Promise.all(
  ['index.js', 'node.js', 'testing.js', 'testing-node.js'].map((name) => import(new URL(name, dist).href)),
)

const results = await smoke({ main, testing, url, nowhere })
const nodeResult = await checkNodeEntries().then(
  () => ({}),
  (error) => ({ error: String(error?.stack ?? error) }),
)
console.log(
  JSON.stringify([
    ...results,
    { name: 'lists the models of its own mock server through the Node entries', ...nodeResult },
  ]),
)

async function checkNodeEntries() {
  const server = await testingNode.startMockLMStudio({ port: 0 })
  try {
    const models = await node.createLMStudio({ endpoint: server.url, cache: false }).listModels()
    if (models.length === 0) throw new Error('no models')
  } finally {
    await server.close()
  }
}

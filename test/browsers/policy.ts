import { BOX, checkPolicy, policiesFor } from '../../e2e/setup/policies.js'
import { startMockLMStudio } from '../../src/testing/node-server.js'
import type { Kind, Launch } from './browser.js'
import type { Report } from './report.js'

const LIST = `
  const [endpoint] = args
  while (!('library' in window)) await new Promise((resolve) => setTimeout(resolve, 10))
  await window.library.createLMStudio({ endpoint, cache: false }).listModels()
`

/** Makes calls from pages and workers whose Content-Security-Policy blocks the server. */
export async function runPolicies(name: Kind['name'], launch: Launch, site: string, report: Report): Promise<void> {
  await using mock = await startMockLMStudio()
  const browser = await launch({ hosts: [BOX] })
  try {
    await report.check('the model list needs no preflight', async () => {
      await browser.open(`${site}/pages/empty.html`)
      await browser.run(LIST, mock.url)
      const requests = mock.calls.map(({ method, headers }) => `${method} ${headers['cache-control']}`)
      if (requests.join() !== 'GET no-cache') throw new Error(requests.join())
    })
    for (const policy of policiesFor(name)) {
      await report.check(policy.name, async () => {
        const difference = await checkPolicy(
          { name, policy, site, port: mock.port },
          (url) => browser.open(url),
          (body, ...args) => browser.run(body, ...args),
        )
        if (difference !== undefined) throw new Error(difference)
      })
    }
  } finally {
    await browser.close()
  }
}

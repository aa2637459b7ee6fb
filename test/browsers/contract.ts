import { cacheAdapterContract, persistentAdapterContract } from '../contract/cache/adapter.js'
import { providerContract } from '../contract/provider/index.js'
import { startMockLMStudio } from '../../src/testing/node-server.js'
import type { Browser } from './browser.js'
import { startControl } from './control.js'
import type { Report } from './report.js'

// What e2e gives a case.
const CASE_MS = 20_000

// In WebKit and Firefox the page calls back by fetch; a text needs no preflight.
const PREPARE = `
  const [url, contract] = args
  window.control = async (...call) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(call) })
    const { value, error } = await response.json()
    if (error !== undefined) throw new Error(error)
    return value
  }
  window.contract = await import(contract)
`

const RUN = `
  const [how, name, endpoint, limit] = args
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not finished after ' + limit + ' ms')), limit)
  })
  await Promise.race([window.contract[how](name, endpoint), late]).finally(() => clearTimeout(timer))
`

/** Runs both contracts in a page of this site, every case of the provider's with a mock of its own. */
export async function runContract(browser: Browser, site: string, report: Report): Promise<void> {
  await using control = await startControl()
  const open = async (): Promise<void> => {
    await browser.open(`${site}/pages/empty.html`)
    await browser.run(PREPARE, control.url, '/contract/contract.js')
  }
  await open()
  const runCase = (how: string, name: string, endpoint?: string): Promise<void> =>
    report.check(name, async () => {
      try {
        await browser.run(RUN, how, name, endpoint, CASE_MS)
      } catch (error) {
        // Whatever a failed case left running ends with its page.
        await open()
        throw error
      }
    })
  for (const { name } of providerContract) {
    await using mock = await startMockLMStudio()
    control.lend(mock)
    await runCase('runProviderCase', name, mock.url)
  }
  for (const { name } of [...cacheAdapterContract, ...persistentAdapterContract]) {
    await runCase('runIndexedDBCase', name)
  }
}

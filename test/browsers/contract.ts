import { cacheAdapterContract, persistentAdapterContract } from '../contract/cache/adapter.js'
import { providerContract } from '../contract/provider/index.js'
import { startMockLMStudio } from '../../src/testing/node-server.js'
import type { Browser } from './browser.js'
import { startControl } from './control.js'
import type { Report } from './report.js'

// The time limit of a case in the e2e tests.
const CASE_MS = 20_000

// In WebKit and Firefox the page calls back with fetch; a text body needs no preflight.
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
  const [runner, name, endpoint, limit] = args
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not finished after ' + limit + ' ms')), limit)
  })
  await Promise.race([window.contract[runner](name, endpoint), late]).finally(() => clearTimeout(timer))
`

/** Runs both contracts in a page of the given site; each case of the provider contract has a mock of its own. */
export async function runContract(browser: Browser, site: string, report: Report): Promise<void> {
  await using control = await startControl()
  const open = async (): Promise<void> => {
    await browser.open(`${site}/pages/empty.html`)
    await browser.run(PREPARE, control.url, '/contract/contract.js')
  }
  await open()
  const runCase = (runner: string, name: string, endpoint?: string): Promise<void> =>
    report.check(name, async () => {
      try {
        await browser.run(RUN, runner, name, endpoint, CASE_MS)
      } catch (error) {
        // A new page ends everything that a failed case left running.
        await open()
        throw error
      }
    })
  for (const { name } of providerContract) {
    await using mock = await startMockLMStudio()
    control.setMock(mock)
    await runCase('runProviderCase', name, mock.url)
  }
  for (const { name } of [...cacheAdapterContract, ...persistentAdapterContract]) {
    await runCase('runIndexedDBCase', name)
  }
}

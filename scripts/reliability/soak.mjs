// @ts-check
import { importSource } from '../lib/import-source.mjs'
import { launchChromium } from '../lib/launch-chromium.mjs'

/** @type {import('../lib/reliability-results.mjs').Part['run']} */
export async function run({ short }) {
  const { runSoak } = await importSource('test/reliability/soak/run.ts')
  const browser = await launchChromium()
  try {
    return await runSoak({ short, browser })
  } finally {
    await browser.close()
  }
}

import { startSite } from '../../e2e/setup/site.js'
import type { Kind } from './browser.js'
import { FOLDERS, prepare } from './build.js'
import { runContract } from './contract.js'
import { firefox } from './firefox.js'
import { runMatrix } from './matrix.js'
import { runPlayground } from './playground.js'
import { runPolicies } from './policy.js'
import { createReport, type Counts } from './report.js'
import { webkit } from './webkit.js'

const KINDS: readonly Kind[] = [firefox, webkit]

/** Runs all checks in the named browsers, or in every installed browser. */
export async function runBrowsers(chosen: readonly string[]): Promise<Counts> {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const kinds = KINDS.filter(({ name }) => chosen.length === 0 || chosen.includes(name.toLowerCase()))
  if (kinds.some(({ launch }) => launch !== undefined)) await prepare()
  await using site = await startSite(undefined, FOLDERS)
  for (const kind of kinds) {
    const { name, packages } = kind
    if (kind.launch === undefined) {
      console.log(`${name} is not installed and skipped (Debian: apt-get install ${packages})`)
      total.skipped += 1
      continue
    }
    const { passed, failed } = await runIn(kind, kind.launch, site.url)
    total.passed += passed
    total.failed += failed
  }
  return total
}

async function runIn({ name }: Kind, launch: NonNullable<Kind['launch']>, site: string): Promise<Counts> {
  const report = createReport(name)
  try {
    const browser = await launch()
    console.log(`${name} ${browser.version}`)
    try {
      await report.section('the contract', () => runContract(browser, site, report))
      await report.section('the playground', () => runPlayground(name, browser, site, report))
    } finally {
      await browser.close()
    }
    await report.section('content security policies', () => runPolicies(name, launch, site, report))
    await report.section('access', () => runMatrix(name, launch, report))
  } catch (error) {
    report.fail('the browser', error)
  }
  return report.counts
}

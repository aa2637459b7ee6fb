import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '@playwright/test'
import { bundle } from '../bundle.js'
import type { PartResult } from '../part.js'
import { judge, type Measured, type Verdict } from './judge.js'
import { startSoakServer, type SoakServer } from './server.js'
import { startNode, startPage, type Subject } from './subjects.js'

/** How many calls a soak makes, in how many windows after those in which the heap still grows. */
export interface SoakSize {
  readonly callsPerWindow: number
  readonly warmUps: number
  readonly windows: number
}

const FULL: SoakSize = { callsPerWindow: 17_000, warmUps: 2, windows: 10 }
const FULL_PAGE: SoakSize = { callsPerWindow: 8_500, warmUps: 2, windows: 10 }
/** The sizes in the test command. In Node the heap grows for some 5,000 calls, from 12.3 to 13.4 MB, and then no more. */
export const SHORT: SoakSize = { callsPerWindow: 510, warmUps: 10, windows: 4 }
export const SHORT_PAGE: SoakSize = { callsPerWindow: 340, warmUps: 1, windows: 3 }
const NODE_CONCURRENCY = 32
/** A health check sends two requests at a time, an aborted list is read to its end, and Node keeps every connection. */
const NODE_MAX_SOCKETS = 4 * NODE_CONCURRENCY
/** A browser opens six connections to a host. */
const PAGE_CONCURRENCY = 6
/** See `countLeftovers` in workload.ts. */
const COUNTED = { setTimeout: 'countedSetTimeout', clearTimeout: 'countedClearTimeout' }
/** Only ends a soak whose server keeps a request for ever. */
const PATIENCE_MS = 30_000

/** Makes calls of every kind in Node, and checks after each window that nothing is left. */
export async function soakNode(size: SoakSize): Promise<Verdict> {
  return inTemporaryFolder(async (folder) => {
    const script = await bundle('test/reliability/soak/node-client.ts', folder, 'node-client', COUNTED)
    await using server = await startSoakServer()
    await using node = startNode(script, { endpoint: server.url, concurrency: NODE_CONCURRENCY })
    return await measure(node, server, size, NODE_MAX_SOCKETS)
  })
}

/** The same in a page of Chromium. */
export async function soakPage(browser: Browser, size: SoakSize): Promise<Verdict> {
  return inTemporaryFolder(async (folder) => {
    const script = await bundle('test/reliability/soak/page.ts', folder, 'page', COUNTED)
    await using server = await startSoakServer()
    await using page = await startPage(browser, script, { endpoint: server.url, concurrency: PAGE_CONCURRENCY })
    return await measure(page, server, size, PAGE_CONCURRENCY)
  })
}

async function measure(
  subject: Subject,
  server: SoakServer,
  { callsPerWindow, warmUps, windows }: SoakSize,
  maxSockets: number,
): Promise<Verdict> {
  const measured: Measured[] = []
  for (let index = 0; index < warmUps + windows; index++) {
    const report = await subject.run(index * callsPerWindow, (index + 1) * callsPerWindow)
    // The server learns of an abort some turns later.
    await waitUntil(() => server.exchanges === 0 && server.sockets <= maxSockets)
    measured.push({ ...report, sockets: server.sockets, exchanges: server.exchanges })
  }
  return judge(measured, { warmUps, maxSockets })
}

async function waitUntil(holds: () => boolean): Promise<void> {
  for (const start = performance.now(); !holds() && performance.now() - start < PATIENCE_MS;) await sleep(5)
}

async function inTemporaryFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-soak-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface SoakOptions {
  readonly short: boolean
  readonly browser: Browser
}

/** The part `soak` of `npm run reliability`. */
export async function runSoak({ short, browser }: SoakOptions): Promise<PartResult> {
  const node = await soakNode(short ? SHORT : FULL)
  const page = await soakPage(browser, short ? SHORT_PAGE : FULL_PAGE)
  const subjects = [
    ['Node', node],
    [`Chromium ${browser.version()}`, page],
  ] as const
  return {
    title: 'Soak',
    summary: [
      'Calls of every kind, four in ten of them aborted, left, broken, refused or out of time, run in windows. After each window the garbage is collected, and what is left is counted: sockets, listeners and timers exactly, the heap as growth from the first third of the windows to the last.',
    ],
    figures: Object.fromEntries(
      subjects.flatMap(([name, { calls, wrong, maxSockets, heapGrowth, growthPerCall, heap }]) => [
        [`${name}: calls`, calls],
        [`${name}: calls that ended otherwise than they must`, wrong.length],
        [`${name}: sockets open after a window, at most`, maxSockets],
        [`${name}: heap at the end, kB`, Math.round(heap / 1000)],
        [`${name}: growth of the heap, kB`, Math.round(heapGrowth / 1000)],
        [`${name}: growth of the heap, bytes per call`, Number(growthPerCall.toFixed(2))],
      ]),
    ),
    tables: [
      {
        caption: 'Calls by kind:',
        columns: ['kind', ...subjects.map(([name]) => name)],
        rows: Object.keys(node.kinds).map((kind) => [kind, ...subjects.map(([, { kinds }]) => kinds[kind] ?? 0)]),
      },
    ],
    failures: subjects.flatMap(([name, { failures }]) => failures.map((failure) => `${name}: ${failure}`)),
  }
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from '@playwright/test'
import type { WindowReport, WorkloadOptions } from './workload.js'

export interface SubjectReport extends WindowReport {
  /** The heap after a garbage collection, in bytes. */
  readonly heap: number
  /** Rejections that nothing handled, since the start. */
  readonly unhandled: number
}

/** A runtime that makes the calls. */
export interface Subject extends AsyncDisposable {
  run(from: number, to: number): Promise<SubjectReport>
}

/** Starts a Node process with a bundle of node-client.ts. */
export function startNode(script: string, { endpoint, concurrency }: WorkloadOptions): Subject {
  const child = fork(script, [endpoint, String(concurrency)], { execArgv: ['--expose-gc'] })
  const closed = once(child, 'exit')
  return {
    async run(from, to) {
      child.send({ from, to })
      const ended = closed.then(([code]) => {
        throw new Error(`The process ended with ${String(code)}.`)
      })
      const [report] = (await Promise.race([once(child, 'message'), ended])) as [SubjectReport]
      return report
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      await closed
    },
  }
}

/** Opens a page with a bundle of page.ts in Chromium. Its origin is not that of the server. */
export async function startPage(
  browser: Browser,
  script: string,
  { endpoint, concurrency }: WorkloadOptions,
): Promise<Subject> {
  const site = createServer((request, response) => {
    if (request.url === '/soak.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(script))
    } else {
      const html = '<!doctype html><link rel="icon" href="data:," /><script type="module" src="/soak.js"></script>'
      response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    }
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => 'startSoak' in globalThis)
  const soak = await page.evaluateHandle(
    ([url, count]) => {
      const { startSoak } = globalThis as unknown as {
        startSoak(url: string, count: number): { run(from: number, to: number): Promise<SubjectReport> }
      }
      return startSoak(url, count)
    },
    [endpoint, concurrency] as const,
  )
  const devtools = await context.newCDPSession(page)
  return {
    async run(from, to) {
      const report = await soak.evaluate((started, [first, last]) => started.run(first, last), [from, to] as const)
      for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage')
      const { usedSize: heap } = await devtools.send('Runtime.getHeapUsage')
      return { ...report, heap }
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      site.closeAllConnections()
      await new Promise((resolve) => site.close(resolve))
    },
  }
}

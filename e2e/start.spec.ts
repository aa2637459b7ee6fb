import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fromRoot } from './setup/paths.js'
import { run, type Run } from './setup/run.js'
import { expect, test } from './setup/test.js'

const start = (args: readonly string[]): Run => run(fromRoot('.'), ['scripts/start.mjs', ...args])

const pageAddress = (output: string): string => /Playground +(\S+)/.exec(output)?.[1] ?? ''

/** Occupies a port, so that the script under test has to find another one. */
async function takePort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('npm start serves the built playground, connected to a mock server, and stops on Ctrl+C', async ({ page }) => {
  await using taken = await takePort()
  await using started = start(['--mock', '--port', String(taken.port)])
  await started.printed('Stop with Ctrl+C')
  expect(started.output()).toContain(`Port ${taken.port} is taken`)
  expect(started.output()).toContain('(mock server: --mock)')

  const address = pageAddress(started.output())
  await page.goto(address)
  const header = page.getByRole('banner')
  await expect(header.getByRole('status')).toHaveText('Connected')
  await expect(header.getByText('Mock', { exact: true })).toBeVisible()
  // Ready to use: Chat with example prompts, and the Fault lab without another step.
  await page.getByRole('list', { name: 'Example prompts' }).getByRole('button', { name: 'What are you?' }).click()
  await expect(page.getByRole('article', { name: /^Response from/ })).toContainText('I am a mock')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeHidden()
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Fault lab' }).click()
  await page
    .getByRole('region', { name: 'Common problems' })
    .getByRole('button', { name: /^Temporarily busy/ })
    .click()
  await expect(page.getByText('Recovered after 2 retries.')).toBeVisible()
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]')
  await expect(policy).toHaveAttribute('content', /script-src 'self';/)

  started.child.kill('SIGINT')
  expect(await started.exitCode).toBe(0)
})

test('npm start rejects an invalid port and states the valid range', async () => {
  await using started = start(['--port', '0'])
  expect(await started.exitCode).toBe(1)
  expect(started.output()).toContain('--port must be an integer from 1 to 65534')
})

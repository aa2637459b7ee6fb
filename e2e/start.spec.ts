import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fromRoot } from './setup/paths.js'
import { run, type Run } from './setup/run.js'
import { expect, test } from './setup/test.js'

const start = (args: readonly string[]): Run => run(fromRoot('.'), ['scripts/start.mjs', ...args])

const pageAddress = (output: string): string => /Playground +(\S+)/.exec(output)?.[1] ?? ''

/** A port that some other program has, beside which others are likely free. */
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

test('npm start serves a playground that is connected to a mock, and ends at Ctrl+C', async ({ page }) => {
  await using taken = await takePort()
  await using started = start(['--mock', '--port', String(taken.port)])
  await started.printed('Stop with Ctrl+C')
  expect(started.output()).toContain(`Port ${taken.port} is taken`)
  expect(started.output()).toContain('a mock')

  await page.goto(pageAddress(started.output()))
  await expect(page.getByRole('region', { name: 'Server' })).toContainText('Healthy')
  await page.getByRole('button', { name: 'Write a haiku' }).click()
  await expect(page.locator('.answer .text')).toContainText('I am a mock')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText('Stopped.')).toBeVisible()

  started.child.kill('SIGINT')
  expect(await started.exitCode).toBe(0)
})

test('npm start refuses a port that is none, and says what it takes', async () => {
  await using started = start(['--port', '0'])
  expect(await started.exitCode).toBe(1)
  expect(started.output()).toContain('--port must be a whole number')
})

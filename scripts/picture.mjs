// @ts-check
// Takes the picture of the playground for the README: docs/playground.png. It is committed; run this again after a change
// of the chat view.
//   npm run picture
import { spawn } from 'node:child_process'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { launchChromium } from './lib/launch-chromium.mjs'
import { freePort } from './lib/free-port.mjs'

const QUESTION = 'What can I try here?'
const start = fileURLToPath(new URL('start.mjs', import.meta.url))
const picture = fileURLToPath(new URL('../docs/playground.png', import.meta.url))

const server = spawn(execPath, [start, '--mock', '--port', String(await freePort())], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const browser = await launchChromium()
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 760 }, reducedMotion: 'reduce' })
  await page.goto(`${await addressOf(server)}#/chat`)
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(QUESTION)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('button', { name: 'Regenerate' }).waitFor()
  await page.mouse.move(0, 0)
  await page.screenshot({ path: picture, animations: 'disabled' })
} finally {
  await browser.close()
  server.kill()
}

/**
 * The address of the page, which the server prints.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} child
 * @returns {Promise<string>}
 */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      const [, address] = /Playground +(\S+)\n/.exec(output) ?? []
      if (address !== undefined) resolve(address)
    })
    child.once('close', () => reject(new Error(`The playground did not start.\n${output}`)))
  })
}

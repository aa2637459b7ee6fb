import { mkdirSync, writeFileSync } from 'node:fs'
import { fromRoot } from '../../e2e/setup/paths.js'
import { startMockLMStudio } from '../../src/testing/node-server.js'
import type { Browser } from './browser.js'
import type { Report } from './report.js'

/** The folder of the screenshots; git ignores it. */
const PICTURES = fromRoot('playground/pictures')

/** Waits in the page until an expression is true; the error shows the text of the page. */
const waitFor = (expression: string): string => `
  const deadline = Date.now() + 15000
  while (!(${expression})) {
    if (Date.now() > deadline) throw new Error('not true within 15 s: ' + args[0] + '; shown: ' + document.body.innerText.slice(0, 400))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
`

const SEND = `
  const [text] = args
  const field = document.querySelector('main textarea')
  field.focus()
  field.value = text
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: text }))
  await new Promise((resolve) => setTimeout(resolve, 50))
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }))
`

const REPLY = 'A reply from the mock, with *emphasis* in it.'

/** Connects the built playground to a mock, lists the models and sends one message. */
export async function runPlayground(name: string, browser: Browser, site: string, report: Report): Promise<void> {
  await using mock = await startMockLMStudio({ reply: () => REPLY })
  mkdirSync(PICTURES, { recursive: true })
  const wait = (expression: string): Promise<void> => browser.run(waitFor(expression), expression)
  const step = (view: string, run: () => Promise<void>): Promise<void> =>
    report.check(`playground, ${view}`, async () => {
      try {
        await run()
        const pageErrors = await browser.run<readonly string[]>('return window.pageErrors')
        if (pageErrors.length > 0) throw new Error(pageErrors.join('; '))
      } finally {
        writeFileSync(`${PICTURES}/${name.toLowerCase()}-${view}.png`, await browser.screenshot())
      }
    })
  const go = async (view: string): Promise<void> => {
    await browser.run(`location.hash = '#/${view}'`)
    await wait(`document.querySelector('main[data-view="${view}"] h1')`)
  }
  await step('connect', async () => {
    await browser.open(`${site}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    await wait(`/Connected/.test(document.querySelector('header [role=status]')?.textContent)`)
  })
  await step('models', async () => {
    await go('models')
    await wait(`document.querySelector('main').innerText.includes('acme/tern-4b')`)
  })
  await step('chat', async () => {
    await go('chat')
    await wait(`document.querySelector('main textarea')`)
    await browser.run(SEND, 'Hello?')
    await wait(`document.querySelector('main').innerText.includes('A reply from the mock, with emphasis in it.')`)
  })
}

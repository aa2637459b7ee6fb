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

const CLICK = `
  const [selector, text] = args
  const button = [...document.querySelectorAll(selector)].find((one) => one.textContent.trim().startsWith(text))
  if (button === undefined) throw new Error('no ' + selector + ' with the text ' + text)
  button.click()
`

const FILL = `
  const [label, text] = args
  const { htmlFor } = [...document.querySelectorAll('label')].findLast((one) => one.textContent === label)
  const field = document.getElementById(htmlFor)
  field.value = text
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
`

const REPLY = 'A reply from the mock, with *emphasis* in it.'

/** Connects the built playground to a mock and runs the main scenario of each view. */
export async function runPlayground(name: string, browser: Browser, site: string, report: Report): Promise<void> {
  await using mock = await startMockLMStudio({
    // Tools and schemas have replies of the mock's own.
    reply: ({ tools, schema }) => (tools.length > 0 || schema !== undefined ? undefined : REPLY),
  })
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
  const click = (selector: string, text: string): Promise<void> => browser.run(CLICK, selector, text)
  const shows = (text: string): Promise<void> =>
    wait(`document.querySelector('main').innerText.includes(${JSON.stringify(text)})`)
  await step('tools', async () => {
    await go('tools')
    await wait(`document.querySelector('main button[type=submit]:enabled')`)
    await click('main button', 'Run')
    await shows('According to clock')
  })
  await step('sandbox', async () => {
    await click('main button', 'Add a tool')
    await wait(`document.querySelector('dialog .code-editor-host')?.shadowRoot?.querySelector('.cm-content')`)
    await browser.run(FILL, 'Name', 'count_letters')
    await wait(`[...document.querySelectorAll('dialog button:enabled')].some((one) => one.textContent === 'Try')`)
    await click('dialog button', 'Try')
    await wait(`/"length": \\d/.test(document.querySelector('dialog output')?.textContent ?? '')`)
    await click('dialog button', 'Cancel')
  })
  await step('structured', async () => {
    await go('structured')
    await wait(`document.querySelector('.code-editor-host')?.shadowRoot?.querySelector('.cm-content')`)
    await click('main button', 'Generate')
    await shows('Matches the schema')
  })
  await step('embeddings', async () => {
    await go('embeddings')
    await wait(`document.querySelector('main button[type=submit]:enabled')`)
    await click('main button', 'Compare')
    await shows('12 lines · ')
    await click('main button', '2-D map')
    await wait(`document.querySelectorAll('.map-field circle').length === 12`)
  })
  await step('decisions', async () => {
    await go('decisions')
    await wait(`document.querySelector('main button[type=submit]:enabled')`)
    await click('main button', 'Run')
    await shows('Answered')
  })
  await step('inspector', async () => {
    await go('inspector')
    await click('main a', 'POST /v1/decisions')
    await shows('Send again')
    await click('main button', 'Send again')
    await wait(`document.querySelectorAll('main a[href*="inspector/"] .method').length > 1`)
  })
  await step('faults', async () => {
    await go('faults')
    await click('main button', 'Temporarily busy')
    await shows('Recovered after 2 retries.')
  })
}

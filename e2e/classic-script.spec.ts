import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from '@playwright/test'
import { posted } from './setup/posted.js'
import { fromRoot } from './setup/paths.js'
import { expect, test } from './setup/test.js'

const script = fromRoot('e2e/dist/package/dist/lmstudio-provider.iife.js')

/** The page of docs/package.md, with the script of the build and the address of the mock. */
function documentedPage(endpoint: string): string {
  const [, html = ''] = /^```html\n([^]*?lmstudio-provider\.iife\.js[^]*?)^```$/m.exec(
    readFileSync(fromRoot('docs/package.md'), 'utf8'),
  )!
  return html
    .replace(/<script\s+src=[^>]*>/, `<script src="${pathToFileURL(script).href}">`)
    .replace('createLMStudio()', `createLMStudio({ endpoint: '${endpoint}' })`)
}

declare const LMStudioProvider: typeof import('lmstudio-provider')

test('the page of the documentation, opened as a file, streams after a click', async ({ page, mock }) => {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-provider-page-'))
  try {
    const file = join(folder, 'page.html')
    writeFileSync(file, documentedPage(mock.url))
    await page.goto(pathToFileURL(file).href)
    expect(mock.calls).toEqual([])
    await page.getByRole('button', { name: 'Ask' }).click()
    await expect(page.locator('output')).toHaveText('You said: Why is the sea salty?')
    expect(posted(mock)[0]?.headers.origin).toBe('null')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const integrityOf = (text: string): string => `sha384-${createHash('sha384').update(text).digest('base64')}`

/** Adds the classic script to a page; resolves to the event that follows: `load` or `error`. */
const addScript = (page: Page, integrity: string): Promise<string> =>
  page.evaluate(
    (attributes) =>
      new Promise<string>((resolve) => {
        const element = Object.assign(document.createElement('script'), attributes)
        for (const name of ['load', 'error']) element.addEventListener(name, () => resolve(name))
        document.head.append(element)
      }),
    { src: '/package/lmstudio-provider.iife.js', crossOrigin: 'anonymous', integrity },
  )

test('a page streams with the classic script if its integrity matches', async ({ emptyPage, mock }) => {
  expect(await addScript(emptyPage, integrityOf(readFileSync(script, 'utf8')))).toBe('load')
  const text = await emptyPage.evaluate(async (endpoint) => {
    const lmstudio = LMStudioProvider.createLMStudio({ endpoint })
    return (await lmstudio.stream({ model: 'acme/tern-4b', prompt: 'echo: Good evening.' }).response).text
  }, mock.url)
  expect(text).toBe('Good evening.')
})

test.describe('a changed classic script', () => {
  test.use({ expectedComplaints: [/integrity/] })

  test('does not run', async ({ emptyPage }) => {
    expect(await addScript(emptyPage, integrityOf('another file'))).toBe('error')
    expect(await emptyPage.evaluate(() => 'LMStudioProvider' in window)).toBe(false)
  })
})

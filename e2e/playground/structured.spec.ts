import type { Page } from '@playwright/test'
import { manyBirds } from './large-inputs.js'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

const generate = (page: Page): Promise<void> => page.getByRole('button', { name: 'Generate' }).click()
const outcome = (page: Page) => page.getByRole('region', { name: 'Object', exact: true })
const tree = (page: Page) => page.getByRole('region', { name: 'Tree' })
/** The editor, once it has replaced the plain text area. */
const editor = (page: Page) => page.locator('.code-editor .cm-content')
const schemaText = async (page: Page): Promise<string> =>
  (await editor(page).locator('.cm-line').allTextContents()).join('\n')
const fillSchema = (page: Page, text: string): Promise<void> => editor(page).fill(text)
const isCompletion = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'POST' && path === '/v1/chat/completions'

const BIRD = `{
  "type": "object",
  "properties": {
    "name": { "type": "string" },
    "wings": { "type": "integer" }
  },
  "required": ["name", "wings"]
}`

test('shows the object while it streams and validates it at the end', async ({ playground, page, mock }) => {
  await playground.connected('structured')
  mock.inject({ name: 'stall', afterEvents: 12 })
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Streaming')
  await expect(tree(page)).toContainText('birds')
  await expect(tree(page)).toContainText('name')
  await expect(tree(page)).not.toContainText('nestsOn')
  await mock.whenHeld()
  mock.release()
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await expect(tree(page).getByText('nestsOn')).toHaveCount(3)
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await expect(page.getByRole('region', { name: 'JSON' })).toContainText('"latinName": ')

  const { body } = mock.calls.find(isCompletion)!
  expect(body).toMatchObject({ stream: true, max_tokens: 1000, response_format: { type: 'json_schema' } })
})

for (const preset of ['Review analysis', 'Invoice data', 'Nested outline']) {
  test(`has an example: ${preset}`, async ({ playground, page }) => {
    await playground.connected('structured')
    await page.getByLabel('Example').selectOption(preset)
    await expect(page.getByText('The schema is valid.')).toBeVisible()
    await generate(page)
    await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  })
}

test('lists the problems of a schema and jumps to their lines', async ({ playground, page }) => {
  await playground.connected('structured')
  await fillSchema(page, '{\n  "type": "object",\n  "propertes": {},\n  "required": "name"\n}')
  await expect(page.getByLabel('Example')).toHaveValue('')
  await page.getByRole('button', { name: 'Line 3 propertes is not a JSON Schema keyword' }).click()
  await expect(editor(page)).toBeFocused()
  await page.keyboard.press('Delete')
  expect(await schemaText(page)).toBe('{\n  "type": "object",\n\n  "required": "name"\n}')
  await page.keyboard.press('ControlOrMeta+z')
  await expect(page.getByRole('button', { name: 'Line 4 required must be an array of names.' })).toBeVisible()
  await expectAccessible(playground)
  await expectToFit(playground, 'structured-schema')

  await expect(page.getByRole('button', { name: 'Generate' })).toBeDisabled()
  await expect(page.getByText('Fix the schema first.')).toBeVisible()
  await fillSchema(page, '{\n  "type": "object",\n  "propertes": {}\n}')
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled()
  await fillSchema(page, '{\n  "type": "object",\n}')
  await expect(page.getByRole('button', { name: 'Line 3 Expected a key in double quotes' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Generate' })).toBeDisabled()
})

test('does not claim that an object matches a schema that was edited since', async ({ playground, page }) => {
  await playground.connected('structured')
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  const before = await schemaText(page)
  await fillSchema(page, BIRD)
  await expect(outcome(page).getByRole('status')).toHaveText('Matched the schema before your edits')
  await expect(outcome(page).locator('.badge-ok')).toHaveCount(0)
  await fillSchema(page, before)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
})

test('shows no speed for an object of two tokens', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => ({ text: '{"name": "tern", "wings": 2}', usage: { completionTokens: 2 } }) })
  await playground.connected('structured')
  await fillSchema(page, BIRD)
  await generate(page)
  await expect(outcome(page)).toContainText('2 tokens')
  await expect(outcome(page)).not.toContainText('tokens/s')
})

test('links to the request in the Inspector', async ({ playground, page }) => {
  await playground.connected('structured')
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await outcome(page).getByRole('link', { name: 'Show request' }).click()
  await expect(page.getByRole('region', { name: 'Request and response' })).toContainText('POST /v1/chat/completions')
})

test('highlights the schema, indents with Tab and finds text', async ({ playground, page }) => {
  await playground.connected('structured')
  await fillSchema(page, '{\n"type": "object"\n}')
  const color = (text: string) =>
    editor(page)
      .getByText(text, { exact: true })
      .evaluate((element) => getComputedStyle(element).color)
  expect(await color('"type"')).not.toBe(await color('"object"'))
  await page.getByRole('button', { name: 'Format' }).click()
  expect(await schemaText(page)).toBe('{ "type": "object" }')

  await editor(page).press('ControlOrMeta+Home')
  await page.keyboard.press('Tab')
  expect(await schemaText(page)).toBe('  { "type": "object" }')
  await page.keyboard.press('ControlOrMeta+f')
  await page.getByLabel('Find', { exact: true }).pressSequentially('object')
  await page.keyboard.press('Enter')
  await expect(editor(page).locator('.cm-searchMatch-selected')).toHaveText('object')
  await page.keyboard.press('Escape')
  await page.keyboard.type('array')
  expect(await schemaText(page)).toBe('  { "type": "array" }')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(editor(page)).not.toBeFocused()
})

test('shows the start of the lines after Format', async ({ playground, page }) => {
  await playground.connected('structured')
  await fillSchema(page, '')
  await page.keyboard.insertText(JSON.stringify({ type: 'object', title: 'A long line '.repeat(20) }))
  const scrolled = () => page.locator('.code-editor .cm-scroller').evaluate(({ scrollLeft }) => scrollLeft)
  await expect.poll(scrolled).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Format' }).click()
  await expect.poll(scrolled).toBe(0)
  await expect(page.getByRole('button', { name: 'Format' })).toBeFocused()
})

test('shows a truncated output', async ({ playground, page }) => {
  await playground.connected('structured')
  await page.getByLabel('Max tokens').fill('20')
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Failed')
  await expect(page.getByRole('alert')).toContainText('output-truncated')
  await expect(page.getByRole('region', { name: 'Raw output', exact: true })).toContainText('{"birds":')
  await expect(tree(page)).toContainText('birds')
  await expectAccessible(playground)
  await expectToFit(playground, 'structured-truncated')
})

test('shows the raw output of both attempts if they are not JSON', async ({ playground, page, mock }) => {
  let tries = 0
  mock.configure({ reply: () => `No ${++tries}.` })
  await playground.connected('structured')
  await generate(page)
  await expect(page.getByRole('alert')).toContainText('output-not-json')
  await expect(page.getByRole('region', { name: 'Raw output', exact: true })).toHaveText('No 2.')
  await page.getByText('First raw output').click()
  await expect(page.getByRole('region', { name: 'First raw output' })).toHaveText('No 1.')
  expect(mock.calls.filter(isCompletion)).toHaveLength(2)
})

test('shows where the output does not match the schema', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => '{"name": "tern", "wings": "two"}' })
  await playground.connected('structured')
  await fillSchema(page, BIRD)
  await page.getByLabel('Repair').uncheck()
  await generate(page)
  await expect(page.getByRole('alert')).toContainText('output-mismatch')
  await expect(page.getByRole('list', { name: 'Validation errors' })).toHaveText(
    'wings must be of type integer, not string',
  )
  await expect(tree(page)).toContainText('two')
  await expectAccessible(playground)
  await expectToFit(playground, 'structured-mismatch')
  expect(mock.calls.filter(isCompletion)).toHaveLength(1)
})

test('shows the first output of a repaired object', async ({ playground, page, mock }) => {
  let tries = 0
  mock.configure({ reply: () => (++tries === 1 ? '{"name": "tern"}' : '{"name": "tern", "wings": 2}') })
  await playground.connected('structured')
  await fillSchema(page, BIRD)
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await page.getByText('First output', { exact: true }).click()
  await expect(page.getByRole('region', { name: 'First output' })).toHaveText('{"name": "tern"}')
  await expectAccessible(playground)
  await expectToFit(playground, 'structured-repaired')
})

test('scrolls to the result on a narrow screen', async ({ playground, page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await playground.connected('structured')
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await expect(outcome(page).getByRole('status')).toBeInViewport()
})

test('works without streaming', async ({ playground, page, mock }) => {
  await playground.connected('structured')
  await page.getByLabel('Stream').uncheck()
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await expect(tree(page)).toContainText('birds')
  expect((mock.calls.find(isCompletion)!.body as { stream?: boolean }).stream).not.toBe(true)
})

test.describe('errors', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('keeps the object so far when the stream breaks', async ({ playground, page, mock }) => {
    await playground.connected('structured')
    mock.inject({ name: 'cut', afterEvents: 12 })
    await generate(page)
    await expect(page.getByRole('alert')).toContainText('StreamInterruptedError')
    await expect(page.getByRole('region', { name: 'Raw output', exact: true })).toContainText('{"birds":')
    await expect(tree(page)).toContainText('birds')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  })
})

test('continues in another view and can be stopped', async ({ playground, page, mock }) => {
  await playground.connected('structured')
  mock.inject({ name: 'stall', afterEvents: 12 })
  await generate(page)
  await expect(tree(page)).toContainText('birds')
  await playground.open('models')
  await playground.open('structured')
  await expect(tree(page)).toContainText('birds')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(outcome(page).getByRole('status')).toHaveText('Stopped')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(tree(page)).toContainText('birds')
})

test('shows the first 200 of 400 items and how many more there are', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => manyBirds(400), tokensPerSecond: Infinity })
  await playground.connected('structured')
  await page.getByLabel('Max tokens').fill('')
  await generate(page)
  await expect(tree(page).getByText('400 items')).toBeVisible()
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await expect(tree(page)).toContainText('and 200 more')
  await expect(tree(page).getByText('latinName')).toHaveCount(200)
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('structured')
  await page.getByLabel('Example').selectOption('Invoice data')
  await generate(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Matches the schema')
  await expectAccessible(playground)
  await expectToFit(playground, 'structured')
})

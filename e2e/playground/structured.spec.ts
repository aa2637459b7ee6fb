import type { Page } from '@playwright/test'
import { manyBirds } from './large-inputs.js'
import { expect, expectAccessible, shoot, test } from './setup.js'

const make = (page: Page): Promise<void> => page.getByRole('button', { name: 'Make the object' }).click()
const outcome = (page: Page) => page.getByRole('region', { name: 'Object', exact: true })
const tree = (page: Page) => page.getByRole('region', { name: 'Tree' })
const isAsked = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'POST' && path === '/v1/chat/completions'

const BIRD = `{
  "type": "object",
  "properties": {
    "name": { "type": "string" },
    "wings": { "type": "integer" }
  },
  "required": ["name", "wings"]
}`

test('makes an object, shown as it grows and checked when it is whole', async ({ playground, page, mock }) => {
  await playground.connected('structured')
  mock.inject({ name: 'stall', afterEvents: 12 })
  await make(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Growing')
  await expect(tree(page)).toContainText('birds')
  await expect(tree(page)).toContainText('name')
  await expect(tree(page)).not.toContainText('nestsOn')
  await mock.whenHeld()
  mock.release()
  await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  await expect(tree(page).getByText('nestsOn')).toHaveCount(3)
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await expect(page.getByRole('region', { name: 'JSON' })).toContainText('"latinName": ')

  const { body } = mock.calls.find(isAsked)!
  expect(body).toMatchObject({ stream: true, max_tokens: 1000, response_format: { type: 'json_schema' } })
})

for (const preset of ['Judge a review', 'Read an invoice', 'An outline that nests']) {
  test(`has an example: ${preset}`, async ({ playground, page }) => {
    await playground.connected('structured')
    await page.getByLabel('Begin with').selectOption(preset)
    await expect(page.getByText('The schema can be sent.')).toBeVisible()
    await make(page)
    await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  })
}

test('says line by line what is wrong with a schema, and leads there', async ({ playground, page }) => {
  await playground.connected('structured')
  const schema = page.getByLabel('JSON Schema')
  await schema.fill('{\n  "type": "object",\n  "propertes": {},\n  "required": "name"\n}')
  await expect(page.getByLabel('Begin with')).toHaveValue('')
  await page.getByRole('button', { name: 'Line 3 propertes is no keyword' }).click()
  await expect(schema).toBeFocused()
  expect(
    await schema.evaluate(({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
      value.slice(selectionStart, selectionEnd),
    ),
  ).toBe('  "propertes": {},')
  await expect(page.getByRole('button', { name: 'Line 4 required must be a list of names.' })).toBeVisible()
  await expectAccessible(playground)
  await shoot(playground, 'structured-schema')

  await schema.fill('{\n  "type": "object",\n}')
  await expect(page.getByRole('button', { name: 'Line 3 A key in double quotes is expected' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Make the object' })).toBeDisabled()
})

test('an answer that was cut says so, with what there is', async ({ playground, page }) => {
  await playground.connected('structured')
  await page.getByLabel('Longest answer, tokens').fill('20')
  await make(page)
  await expect(outcome(page).getByRole('status')).toHaveText('No object')
  await expect(page.getByRole('alert')).toContainText('output-truncated')
  await expect(page.getByRole('region', { name: 'What the model wrote' })).toContainText('{"birds":')
  await expect(tree(page)).toContainText('birds')
  await expectAccessible(playground)
  await shoot(playground, 'structured-truncated')
})

test('an answer that is no JSON is shown as it came, both of them', async ({ playground, page, mock }) => {
  let tries = 0
  mock.configure({ reply: () => `No ${++tries}.` })
  await playground.connected('structured')
  await make(page)
  await expect(page.getByRole('alert')).toContainText('output-not-json')
  await expect(page.getByRole('region', { name: 'What the model wrote' })).toHaveText('No 2.')
  await page.getByText('What it wrote at the first try').click()
  await expect(page.getByRole('region', { name: 'What it wrote at the first try' })).toHaveText('No 1.')
  expect(mock.calls.filter(isAsked)).toHaveLength(2)
})

test('an answer that does not fit says where', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => '{"name": "tern", "wings": "two"}' })
  await playground.connected('structured')
  await page.getByLabel('JSON Schema').fill(BIRD)
  await page.getByLabel('Repair').uncheck()
  await make(page)
  await expect(page.getByRole('alert')).toContainText('output-mismatch')
  await expect(page.getByRole('list', { name: 'What does not fit' })).toHaveText(
    'wings must be of type integer, not string',
  )
  await expect(tree(page)).toContainText('two')
  await expectAccessible(playground)
  await shoot(playground, 'structured-mismatch')
  expect(mock.calls.filter(isAsked)).toHaveLength(1)
})

test('a second try that fits is said to be one, beside the first', async ({ playground, page, mock }) => {
  let tries = 0
  mock.configure({ reply: () => (++tries === 1 ? '{"name": "tern"}' : '{"name": "tern", "wings": 2}') })
  await playground.connected('structured')
  await page.getByLabel('JSON Schema').fill(BIRD)
  await make(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  await page.getByText('The first answer', { exact: true }).click()
  await expect(page.getByRole('region', { name: 'The first answer' })).toHaveText('{"name": "tern"}')
  await expectAccessible(playground)
  await shoot(playground, 'structured-repaired')
})

test('what comes is brought into sight on a narrow screen', async ({ playground, page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await playground.connected('structured')
  await make(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  await expect(outcome(page).getByRole('status')).toBeInViewport()
})

test('works without a stream too', async ({ playground, page, mock }) => {
  await playground.connected('structured')
  await page.getByLabel('Stream').uncheck()
  await make(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  await expect(tree(page)).toContainText('birds')
  expect((mock.calls.find(isAsked)!.body as { stream?: boolean }).stream).not.toBe(true)
})

test.describe('what breaks', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('a stream that breaks leaves what had come', async ({ playground, page, mock }) => {
    await playground.connected('structured')
    mock.inject({ name: 'cut', afterEvents: 12 })
    await make(page)
    await expect(page.getByRole('alert')).toContainText('StreamInterruptedError')
    await expect(page.getByRole('region', { name: 'What the model wrote' })).toContainText('{"birds":')
    await expect(tree(page)).toContainText('birds')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  })
})

test('stops where it is, also from another view and back', async ({ playground, page, mock }) => {
  await playground.connected('structured')
  mock.inject({ name: 'stall', afterEvents: 12 })
  await make(page)
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
  test.slow()
  mock.configure({ reply: () => manyBirds(400), tokensPerSecond: 4000 })
  await playground.connected('structured')
  await page.getByLabel('Longest answer, tokens').fill('')
  await make(page)
  await expect(tree(page).getByText('400 items')).toBeVisible({ timeout: 30_000 })
  await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema')
  await expect(tree(page)).toContainText('and 200 more')
  await expect(tree(page).getByText('latinName')).toHaveCount(200)
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  test.slow()
  await playground.mocked('structured')
  await page.getByLabel('Begin with').selectOption('Read an invoice')
  await make(page)
  await expect(outcome(page).getByRole('status')).toHaveText('Fits the schema', { timeout: 15_000 })
  await expectAccessible(playground)
  await shoot(playground, 'structured')
})

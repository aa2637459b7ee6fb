import type { Page } from '@playwright/test'
import { expect, expectAccessible, shoot, test } from './setup.js'

const runLoop = (page: Page): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click()
const status = (page: Page) => page.getByRole('region', { name: 'Rounds' }).getByRole('status')
const round = (page: Page, number: number) => page.getByRole('article', { name: `Round ${number}`, exact: true })
const requestBodies = (calls: readonly { readonly method: string; readonly path: string; readonly body: unknown }[]) =>
  calls
    .filter(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')
    .map(({ body }) => body as Record<string, unknown>)

for (const [example, name, args, result] of [
  ['Clock', 'clock', 'Tokyo', '"timeZone":"Asia/Tokyo"'],
  ['Calculator', 'calculator', '(1250 - 17.5) * 3 ^ 2 / 4', '"result":2773.125'],
  ['Page query', 'query_page', 'nav a', '"count":9'],
] as const) {
  test(`${example} runs in the page, and the model receives the result`, async ({ playground, page, mock }) => {
    await playground.connected('tools')
    await page.getByRole('group', { name: 'Examples' }).getByRole('button', { name: example }).click()
    await runLoop(page)
    await expect(status(page)).toHaveText('Done')
    const call = round(page, 1).getByRole('listitem')
    await expect(call).toHaveCount(1)
    await expect(call).toContainText(name)
    await expect(call).toContainText(args)
    await expect(call).toContainText('done')
    await expect(call).toContainText(result)
    await expect(round(page, 2)).toContainText(`According to ${name}`)
    const [, second] = requestBodies(mock.calls)
    expect((second!.messages as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
  })
}

test('a long result scrolls in a focusable box', async ({ playground, page }) => {
  await playground.connected('tools')
  await page.getByLabel('Prompt').fill('Query this page for “main *”.')
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  const box = round(page, 1).getByRole('region', { name: 'Result of query_page' })
  await box.focus()
  await page.keyboard.press('End')
  await expect.poll(() => box.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0)
  await expectAccessible(playground)
})

test('sends the selected tools and the tool choice', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  await page.getByRole('checkbox', { name: 'Clock' }).uncheck()
  await page.getByLabel('Tool choice').selectOption('At least one tool')
  await page.getByLabel('Prompt').fill('Say hello.')
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  const [first, second] = requestBodies(mock.calls)
  const names = (first!.tools as { function: { name: string } }[]).map((tool) => tool.function.name)
  expect(names).toEqual(['calculator', 'query_page'])
  expect(first).toMatchObject({ tool_choice: 'required' })
  expect(second).not.toMatchObject({ tool_choice: 'required' })

  await page.getByRole('checkbox', { name: 'Calculator' }).uncheck()
  await page.getByRole('checkbox', { name: 'Page query' }).uncheck()
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await expect(page.getByText('Select at least one tool.')).toBeVisible()
})

test('shows the error of a call that is sent to the model', async ({ playground, page, mock }) => {
  const calls = [
    { name: 'calculator', arguments: { expression: '1 / 0' } },
    { name: 'calculator', arguments: { sum: '1' } },
    { name: 'calculater', arguments: {} },
    { name: 'clock', arguments: { timeZone: 'Oslo' } },
  ]
  mock.configure({ reply: ({ messages }) => (messages.at(-1)?.role === 'tool' ? 'All right.' : { toolCalls: calls }) })
  await playground.connected('tools')
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  const list = round(page, 1).getByRole('listitem')
  await expect(list).toHaveCount(4)
  await expect(list.nth(0)).toContainText('failed')
  await expect(list.nth(0)).toContainText('Error: Division by zero.')
  await expect(list.nth(1)).toContainText('invalid arguments')
  await expect(list.nth(2)).toContainText('unknown tool')
  await expect(list.nth(2)).toContainText('Did you mean calculator?')
  await expect(list.nth(3)).toContainText('Europe/Oslo')
  await expect(round(page, 2)).toContainText('All right.')
  await expectAccessible(playground)
  await shoot(playground, 'tools-failed')
})

test('parses tool calls from text if enabled', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  mock.inject('tool-calls-as-text')
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  await expect(round(page, 1)).toContainText('[TOOL_REQUEST]')
  await expect(round(page, 2)).toHaveCount(0)

  await page.getByLabel('Parse tool calls from text').check()
  mock.inject('tool-calls-as-text')
  await runLoop(page)
  await expect(round(page, 2)).toContainText('According to clock')
  await expect(round(page, 1)).not.toContainText('[TOOL_REQUEST]')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
})

test('a loop that reaches the maximum number of rounds can be continued', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  await page.getByLabel('Max rounds').fill('0')
  await expect(page.getByText('Enter a whole number from 1 to 99.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await page.getByLabel('Max rounds').fill('1')
  await runLoop(page)
  await expect(status(page)).toHaveText('Failed')
  await expect(page.getByRole('alert')).toContainText('max-rounds')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
  await expectAccessible(playground)
  await shoot(playground, 'tools-rounds')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(status(page)).toHaveText('Done')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
  await expect(round(page, 2)).toContainText('According to clock')
  expect(requestBodies(mock.calls)).toHaveLength(2)
})

test('can be stopped while a call is streaming', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => ({ toolCalls: [{ name: 'clock', arguments: { timeZone: 'Asia/Tokyo' } }] }) })
  await playground.connected('tools')
  mock.inject({ name: 'stall', afterEvents: 3 })
  await runLoop(page)
  await expect(round(page, 1).getByRole('listitem')).toContainText('receiving arguments')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(status(page)).toHaveText('Stopped')
  await expect(round(page, 1).getByRole('listitem')).toContainText('interrupted')
  await expect(page.getByRole('alert')).toHaveCount(0)
  expect(requestBodies(mock.calls)).toHaveLength(1)
})

test.describe('errors', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('a failure in the second round keeps the first round', async ({ playground, page, mock }) => {
    mock.configure({
      reply({ messages }) {
        if (messages.at(-1)?.role !== 'tool') mock.inject('status-400', { path: '/v1/chat/completions' })
        return undefined
      },
    })
    await playground.connected('tools')
    await runLoop(page)
    await expect(status(page)).toHaveText('Failed')
    await expect(round(page, 1).getByRole('listitem')).toContainText('done')
    await expect(page.getByRole('alert')).toContainText('The loop failed.')
  })
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('tools')
  await page.getByRole('button', { name: 'Calculator' }).click()
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  await page.getByText('All messages').click()
  await expect(page.getByRole('region', { name: 'All messages as JSON' })).toContainText('"toolCallId"')
  await expectAccessible(playground)
  await shoot(playground, 'tools')
})

import type { Page } from '@playwright/test'
import { expect, expectAccessible, shoot, test } from './setup.js'

const ask = (page: Page): Promise<void> => page.getByRole('button', { name: 'Ask', exact: true }).click()
const status = (page: Page) => page.getByRole('region', { name: 'Steps' }).getByRole('status')
const round = (page: Page, number: number) => page.getByRole('article', { name: `Round ${number}`, exact: true })
const bodies = (calls: readonly { readonly method: string; readonly path: string; readonly body: unknown }[]) =>
  calls
    .filter(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')
    .map(({ body }) => body as Record<string, unknown>)

for (const [example, name, args, result] of [
  ['Clock', 'clock', 'Tokyo', '"timeZone":"Asia/Tokyo"'],
  ['Calculator', 'calculator', '(1250 - 17.5) * 3 ^ 2 / 4', '"result":2773.125'],
  ['Page query', 'query_page', 'nav a', '"count":8'],
] as const) {
  test(`${example} runs in the page, and the model reads what it says`, async ({ playground, page, mock }) => {
    await playground.connected('tools')
    await page.getByRole('group', { name: 'Examples' }).getByRole('button', { name: example }).click()
    await ask(page)
    await expect(status(page)).toHaveText('Answered')
    const call = round(page, 1).getByRole('listitem')
    await expect(call).toHaveCount(1)
    await expect(call).toContainText(name)
    await expect(call).toContainText(args)
    await expect(call).toContainText('done')
    await expect(call).toContainText(result)
    await expect(round(page, 2)).toContainText(`According to ${name}`)
    const [, second] = bodies(mock.calls)
    expect((second!.messages as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
  })
}

test('long results scroll in a box that the keyboard reaches', async ({ playground, page }) => {
  await playground.connected('tools')
  await page.getByLabel('Prompt').fill('Query this page for “main *”.')
  await ask(page)
  await expect(status(page)).toHaveText('Answered')
  const box = round(page, 1).getByRole('region', { name: 'What query_page gave' })
  await box.focus()
  await page.keyboard.press('End')
  await expect.poll(() => box.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0)
  await expectAccessible(playground)
})

test('offers what is ticked, forces what is chosen', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  await page.getByRole('checkbox', { name: 'Clock' }).uncheck()
  await page.getByLabel('Tool choice').selectOption('Some tool')
  await page.getByLabel('Prompt').fill('Say hello.')
  await ask(page)
  await expect(status(page)).toHaveText('Answered')
  const [first, second] = bodies(mock.calls)
  const names = (first!.tools as { function: { name: string } }[]).map((tool) => tool.function.name)
  expect(names).toEqual(['calculator', 'query_page'])
  expect(first).toMatchObject({ tool_choice: 'required' })
  expect(second).not.toMatchObject({ tool_choice: 'required' })

  await page.getByRole('checkbox', { name: 'Calculator' }).uncheck()
  await page.getByRole('checkbox', { name: 'Page query' }).uncheck()
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled()
  await expect(page.getByText('Offer at least one tool.')).toBeVisible()
})

test('shows what goes wrong with a call, and what the model is told of it', async ({ playground, page, mock }) => {
  const calls = [
    { name: 'calculator', arguments: { expression: '1 / 0' } },
    { name: 'calculator', arguments: { sum: '1' } },
    { name: 'calculater', arguments: {} },
    { name: 'clock', arguments: { timeZone: 'Oslo' } },
  ]
  mock.configure({ reply: ({ messages }) => (messages.at(-1)?.role === 'tool' ? 'So be it.' : { toolCalls: calls }) })
  await playground.connected('tools')
  await ask(page)
  await expect(status(page)).toHaveText('Answered')
  const list = round(page, 1).getByRole('listitem')
  await expect(list).toHaveCount(4)
  await expect(list.nth(0)).toContainText('failed')
  await expect(list.nth(0)).toContainText('Error: Nothing can be divided by zero.')
  await expect(list.nth(1)).toContainText('arguments do not fit')
  await expect(list.nth(2)).toContainText('no such tool')
  await expect(list.nth(2)).toContainText('Did you mean calculator?')
  await expect(list.nth(3)).toContainText('Europe/Oslo')
  await expect(round(page, 2)).toContainText('So be it.')
  await expectAccessible(playground)
  await shoot(playground, 'tools-failed')
})

test('takes calls out of the text where that is wanted', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  mock.inject('tool-calls-as-text')
  await ask(page)
  await expect(status(page)).toHaveText('Answered')
  await expect(round(page, 1)).toContainText('[TOOL_REQUEST]')
  await expect(round(page, 2)).toHaveCount(0)

  await page.getByLabel('Salvage calls from the text').check()
  mock.inject('tool-calls-as-text')
  await ask(page)
  await expect(round(page, 2)).toContainText('According to clock')
  await expect(round(page, 1)).not.toContainText('[TOOL_REQUEST]')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
})

test('a loop that does not end says so, and can go on', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  await page.getByLabel('Rounds at most').fill('0')
  await expect(page.getByText('A whole number from 1 to 99.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled()
  await page.getByLabel('Rounds at most').fill('1')
  await ask(page)
  await expect(status(page)).toHaveText('Ended early')
  await expect(page.getByRole('alert')).toContainText('max-rounds')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
  await expectAccessible(playground)
  await shoot(playground, 'tools-rounds')
  await page.getByRole('button', { name: 'Go on from here' }).click()
  await expect(status(page)).toHaveText('Answered')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
  await expect(round(page, 2)).toContainText('According to clock')
  expect(bodies(mock.calls)).toHaveLength(2)
})

test('stops in the middle of a call', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => ({ toolCalls: [{ name: 'clock', arguments: { timeZone: 'Asia/Tokyo' } }] }) })
  await playground.connected('tools')
  mock.inject({ name: 'stall', afterEvents: 3 })
  await ask(page)
  await expect(round(page, 1).getByRole('listitem')).toContainText('writing the arguments')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(status(page)).toHaveText('Stopped')
  await expect(round(page, 1).getByRole('listitem')).toContainText('cut short')
  await expect(page.getByRole('alert')).toHaveCount(0)
  expect(bodies(mock.calls)).toHaveLength(1)
})

test.describe('what breaks', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('a server that fails in the second round leaves the first', async ({ playground, page, mock }) => {
    mock.configure({
      reply({ messages }) {
        if (messages.at(-1)?.role !== 'tool') mock.inject('status-400', { path: '/v1/chat/completions' })
        return undefined
      },
    })
    await playground.connected('tools')
    await ask(page)
    await expect(status(page)).toHaveText('Ended early')
    await expect(round(page, 1).getByRole('listitem')).toContainText('done')
    await expect(page.getByRole('alert')).toContainText('There is no answer.')
  })
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  test.slow()
  await playground.mocked('tools')
  await page.getByRole('button', { name: 'Calculator' }).click()
  await ask(page)
  await expect(status(page)).toHaveText('Answered', { timeout: 15_000 })
  await page.getByText('The whole conversation').click()
  await expect(page.getByRole('region', { name: 'the conversation' })).toContainText('"toolCallId"')
  await expectAccessible(playground)
  await shoot(playground, 'tools')
})

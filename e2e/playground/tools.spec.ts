import type { Locator, Page } from '@playwright/test'
import { sampleValue } from '../../playground/src/lib/sample-value.js'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

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

test('a run is visible from its first round on', async ({ playground, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 })
  await playground.connected('tools')
  // No scrolling is needed.
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeInViewport()
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  await expect(status(page)).toBeInViewport()
  await expect(round(page, 1).getByRole('heading')).toBeInViewport()
  const { y } = (await status(page).boundingBox())!
  expect(y, 'below the header').toBeGreaterThan((await page.getByRole('banner').boundingBox())!.height)
})

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
  await expectToFit(playground, 'tools-failed')
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
  await expectToFit(playground, 'tools-rounds')
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

const tools = (page: Page) => page.getByRole('group', { name: 'Tools', exact: true })
const dialog = (page: Page) => page.getByRole('dialog')
const fillCode = (page: Page, label: string, text: string): Promise<void> =>
  dialog(page).locator(`.cm-content[aria-label="${label}"]`).fill(text)
const tryTool = async (page: Page, args: string): Promise<void> => {
  await dialog(page).getByLabel('Try it with these arguments').fill(args)
  await dialog(page).getByRole('button', { name: 'Try', exact: true }).click()
}

test('runs JavaScript of one’s own as a tool, kept for the next visit', async ({ playground, page, mock }) => {
  mock.configure({
    reply: ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? `The tool says ${messages.at(-1)?.text}`
        : { toolCalls: [{ name: 'count_letters', arguments: { text: 'puffin' } }] },
  })
  await playground.connected('tools')
  await tools(page).getByRole('button', { name: 'Add a tool' }).click()
  await expect(dialog(page).getByLabel('Name')).toBeFocused()
  await expect(dialog(page)).toContainText('Enter a name first.')
  await dialog(page).getByLabel('Name').fill('clock')
  await expect(dialog(page)).toContainText('Another tool has this name.')
  await expect(dialog(page).getByRole('button', { name: 'Save' })).toBeDisabled()
  await dialog(page).getByLabel('Name').fill('count_letters')
  await fillCode(page, 'Schema of the arguments', '{ "type": "text" }')
  await expect(dialog(page)).toContainText('Line 1: Unknown type "text".')
  await fillCode(
    page,
    'Schema of the arguments',
    '{ "type": "object", "properties": { "text": { "type": "string" } } }',
  )
  await fillCode(page, 'Code', 'await null\nreturn { letters: [...args.text].length }')
  await tryTool(page, '{ "text": "tern" }')
  await expect(dialog(page).getByRole('status')).toHaveText('{\n  "letters": 4\n}')
  // The buttons stay at the bottom of the dialog.
  const bottomOf = async (element: Locator): Promise<number> => {
    const { y, height } = (await element.boundingBox())!
    return y + height
  }
  const save = await dialog(page).getByRole('button', { name: 'Save' }).boundingBox()
  await expect.poll(() => bottomOf(dialog(page).getByRole('status'))).toBeLessThan(save!.y)
  await expectAccessible(playground)
  await expectToFit(playground, 'tools-own')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await runLoop(page)
  await expect(round(page, 2)).toContainText('The tool says {"letters":6}')
  await expect(page.locator('iframe')).toHaveCount(0)

  await page.reload()
  await expect(tools(page).getByRole('checkbox', { name: 'count_letters' })).toBeVisible()
  await tools(page).getByRole('button', { name: 'Delete count_letters' }).click()
  await page.reload()
  await expect(tools(page).getByRole('checkbox')).toHaveCount(3)
})

test('the arguments for trying a tool follow its schema until they are edited', async ({ playground, page }) => {
  await playground.connected('tools')
  await tools(page).getByRole('button', { name: 'Add a tool' }).click()
  await dialog(page).getByLabel('Name').fill('convert')
  const args = dialog(page).getByLabel('Try it with these arguments')
  expect(JSON.parse(await args.inputValue())).toEqual({ text: 'example' })
  const properties = {
    amount: { type: 'number', examples: [12.5] },
    unit: { enum: ['km', 'mi'] },
    note: { type: 'string' },
  }
  const schema = { type: 'object', properties, required: ['amount', 'unit'] }
  await fillCode(page, 'Schema of the arguments', JSON.stringify(schema))
  await expect(args).toHaveValue('{\n  "amount": 12.5,\n  "unit": "km"\n}')
  await fillCode(page, 'Schema of the arguments', '{ "type": ')
  await expect(args).toHaveValue('{\n  "amount": 12.5,\n  "unit": "km"\n}')
  await fillCode(page, 'Schema of the arguments', JSON.stringify(schema))
  await fillCode(page, 'Code', 'return args.amount * 2')
  await dialog(page).getByRole('button', { name: 'Try', exact: true }).click()
  await expect(dialog(page).getByRole('status')).toHaveText('25')
  await args.fill('{ "amount": 2 }')
  await fillCode(page, 'Schema of the arguments', '{ "type": "object", "properties": { "other": { "type": "null" } } }')
  await expect(args).toHaveValue('{ "amount": 2 }')
})

test('sample arguments fit every kind of schema', () => {
  const samples: readonly (readonly [schema: object, expected: unknown])[] = [
    [{ const: 3, default: 4 }, 3],
    [{ type: 'string', default: 'a', examples: ['b'], enum: ['c'] }, 'a'],
    [{ type: 'string', examples: ['b'], enum: ['c'] }, 'b'],
    [{ type: 'string', minLength: 9 }, 'example..'],
    [{ type: 'string', maxLength: 2 }, 'ex'],
    [{ type: 'string', format: 'date' }, '2026-01-31'],
    [{ type: 'boolean' }, true],
    [{ type: ['null', 'integer'] }, 1],
    [{ type: 'null' }, null],
    [{}, null],
    [{ type: 'integer', minimum: 5 }, 5],
    [{ type: 'integer', exclusiveMinimum: 5 }, 6],
    [{ type: 'integer', maximum: 0 }, 0],
    [{ type: 'integer', exclusiveMaximum: 0 }, -1],
    [{ type: 'integer', minimum: 4, multipleOf: 3 }, 6],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    [{ type: 'array', items: { type: 'string' } }, ['example']],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, [true, true]],
    [{ type: 'array', prefixItems: [{ const: 1 }, { const: 2 }] }, [1, 2]],
    [{ type: 'array' }, []],
    [{ properties: { a: { type: 'string' }, b: { type: 'string' } } }, { a: 'example', b: 'example' }],
    [{ properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['b'] }, { b: 'example' }],
    [
      { properties: { a: { default: 1 }, b: { type: 'string' } }, required: ['b'] },
      { a: 1, b: 'example' },
    ],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
    [{ allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] }, { a: 1, b: 2 }],
    [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'boolean' } } }, true],
  ]
  for (const [schema, expected] of samples) expect(sampleValue(schema), JSON.stringify(schema)).toEqual(expected)
  const endless = { type: 'object', properties: { next: { $ref: '#' } } }
  expect(JSON.stringify(sampleValue(endless))).toContain('null')
})

test('a tool can have a fixed reply', async ({ playground, page, mock }) => {
  mock.configure({
    reply: ({ messages }) =>
      messages.at(-1)?.role === 'tool' ? 'Done.' : { toolCalls: [{ name: 'forecast', arguments: { text: 'Oslo' } }] },
  })
  await playground.connected('tools')
  await tools(page).getByRole('button', { name: 'Add a tool' }).click()
  await dialog(page).getByLabel('Name').fill('forecast')
  await dialog(page).getByLabel('Result').selectOption('Fixed reply')
  await dialog(page).getByLabel('Reply').fill('Rain, 8 °C')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await runLoop(page)
  await expect(round(page, 1).getByRole('listitem')).toContainText('Rain, 8 °C')
})

test.describe('the sandbox', () => {
  test.use({ expectedComplaints: [/Content Security Policy|^Failed to load resource/] })

  test('code reaches neither the page, nor its storage, nor the network', async ({ playground, page, mock }) => {
    await playground.connected('tools')
    await tools(page).getByRole('button', { name: 'Add a tool' }).click()
    await dialog(page).getByLabel('Name').fill('probe')
    const code = `
      const attempt = async (work) => { try { return String(await work()) } catch (error) { return error.name } }
      return {
        document: typeof document,
        localStorage: typeof localStorage,
        origin: self.origin,
        indexedDB: await attempt(() => new Promise((resolve, reject) => {
          const request = indexedDB.open('lmstudio-playground')
          request.onsuccess = () => resolve('opened')
          request.onerror = () => reject(request.error)
        })),
        fetch: await attempt(() => fetch('${mock.url}/v1/models')),
        script: await attempt(() => importScripts('${mock.url}/x.js')),
      }`
    await fillCode(page, 'Code', code)
    const before = mock.calls.length
    await tryTool(page, '{ "text": "x" }')
    const output = dialog(page).getByRole('status')
    await expect(output).toContainText('origin')
    expect(JSON.parse((await output.textContent())!)).toEqual({
      document: 'undefined',
      localStorage: 'undefined',
      origin: 'null',
      indexedDB: 'SecurityError',
      fetch: 'TypeError',
      script: 'NetworkError',
    })
    expect(mock.calls.slice(before).filter(({ method, path }) => method === 'GET' && path === '/v1/models')).toEqual([])
  })
})

test('stops code that does not end, and shows errors of code', async ({ playground, page }) => {
  await playground.connected('tools')
  await tools(page).getByRole('button', { name: 'Add a tool' }).click()
  await dialog(page).getByLabel('Name').fill('endless')
  await fillCode(page, 'Code', 'for (;;) {}')
  await tryTool(page, '{ "text": "x" }')
  await expect(dialog(page).getByRole('status')).toHaveText('The code ran longer than 5 seconds.')
  await expect(page.locator('iframe')).toHaveCount(0)
  await fillCode(page, 'Code', 'return missing')
  await tryTool(page, '{ "text": "x" }')
  await expect(dialog(page).getByRole('status')).toHaveText('ReferenceError: missing is not defined')
  await fillCode(page, 'Code', 'return {')
  await tryTool(page, '{ "text": "x" }')
  await expect(dialog(page).getByRole('status')).toContainText('SyntaxError')
})

test('lets LM Studio run the tools of an integration', async ({ playground, page, mock }) => {
  await playground.connected('tools')
  await page.getByLabel('Where the tools run').selectOption('In LM Studio: MCP servers and plugins')
  const integration = page.getByRole('group', { name: 'Integration 1' })
  await integration.getByLabel('Id').fill('')
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await integration.getByLabel('Id').fill('mcp/weather')
  await integration.getByLabel('Allowed tools').fill('weather, forecast')
  await page.getByRole('button', { name: 'Add an integration' }).click()
  const second = page.getByRole('group', { name: 'Integration 2' })
  await second.getByLabel('Type').selectOption('MCP server by URL')
  await second.getByLabel('URL').fill('https://tools.example/mcp')
  await second.getByLabel('Authorization header').fill('Bearer secret-token')
  await page.getByLabel('Prompt').fill('What is the weather in Oslo?')
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  await expect(round(page, 1).getByRole('listitem')).toContainText('done')
  const { body } = mock.calls.find(({ method, path }) => method === 'POST' && path === '/api/v1/chat')!
  expect((body as { integrations: unknown }).integrations).toEqual([
    { type: 'plugin', id: 'mcp/weather', allowed_tools: ['weather', 'forecast'] },
    {
      type: 'ephemeral_mcp',
      server_label: 'server',
      server_url: 'https://tools.example/mcp',
      headers: { Authorization: 'Bearer secret-token' },
    },
  ])
  await expectAccessible(playground)
  await expectToFit(playground, 'tools-mcp')
})

test('renders answers as Markdown and links each round to its request', async ({ playground, page, mock }) => {
  const call = { toolCalls: [{ name: 'clock', arguments: { timeZone: 'Asia/Tokyo' } }] }
  mock.configure({ reply: ({ messages }) => (messages.at(-1)?.role === 'tool' ? '**Late**, see `clock`.' : call) })
  await playground.connected('tools')
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  await expect(round(page, 2).locator('strong')).toHaveText('Late')
  await expect(round(page, 2)).not.toContainText('tokens/s')
  await round(page, 2).getByRole('link', { name: 'Show request' }).click()
  await expect(page.getByRole('region', { name: 'Request and response' })).toBeVisible()
  await page.getByRole('tab', { name: 'Request' }).click()
  await expect(page.getByRole('region', { name: 'Request body' })).toContainText('"role": "tool"')
  expect(mock.calls.every(({ headers }) => !JSON.stringify(headers).includes('playground'))).toBe(true)
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('tools')
  await page.getByRole('button', { name: 'Calculator' }).click()
  await runLoop(page)
  await expect(status(page)).toHaveText('Done')
  await page.getByText('All messages').click()
  await expect(page.getByRole('region', { name: 'All messages as JSON' })).toContainText('"toolCallId"')
  await expectAccessible(playground)
  await expectToFit(playground, 'tools')
})

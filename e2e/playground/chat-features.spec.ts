import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

// Shortcuts, the model picker, presets, the context gauge, editing and organizing chats, and comparing models.

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
const stop = (page: Page): Locator => page.getByRole('button', { name: 'Stop', exact: true })
const responses = (page: Page): Locator => page.getByRole('article', { name: /^Response from/ })
const modelButton = (page: Page): Locator => page.getByRole('button', { name: /^Model:/ })

async function sendAndWait(page: Page, text: string): Promise<void> {
  const before = await responses(page).count()
  await field(page).fill(text)
  await field(page).press('Enter')
  await expect(responses(page)).toHaveCount(before + 1)
  await expect(stop(page)).toBeHidden()
}

/** Bodies of the chat completion requests so far. */
const requestBodies = (mock: {
  readonly calls: readonly { readonly method: string; readonly path: string; readonly body: unknown }[]
}) =>
  mock.calls
    .filter(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')
    .map(({ body }) => body as { readonly model: string; readonly messages: readonly unknown[]; temperature?: number })

/** Sends a message, and stops its answer. */
async function stopAnswer(page: Page): Promise<void> {
  await field(page).fill('Tell me')
  await field(page).press('Enter')
  await expect(responses(page)).toContainText('A long answer')
  await stop(page).click()
}

// axe and the screenshots take a while on a busy machine.
test.describe.configure({ timeout: 300_000 })

test.use({ mockOptions: { reply: ({ model, messages }) => `${model} heard *${messages.at(-1)!.text}*.` } })

test.describe('the keyboard', () => {
  test.use({
    mockOptions: { tokensPerSecond: 30, reply: () => 'A long answer about terns. '.repeat(60) },
  })

  test('reaches everything that is needed often', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await expect(modelButton(page)).toBeVisible()
    await expect(field(page)).toBeFocused()
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await expectAccessible(playground)
    await expectToFit(playground, 'chat-shortcuts')
    await page.keyboard.press('Escape')
    await expect(field(page)).toBeFocused()
    await page.keyboard.type('Tell me')
    await page.keyboard.press('Enter')
    await expect(responses(page)).toContainText('A long answer')
    await page.keyboard.press('Escape')
    await expect(responses(page)).toContainText('Response stopped.')
    await expect(field(page)).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(page.getByRole('textbox', { name: 'Edited message' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Edit message' })).toBeFocused()
    await page.keyboard.press('/')
    await expect(field(page)).toBeFocused()
    await page.keyboard.press('Control+Shift+O')
    await expect(responses(page)).toHaveCount(0)
    await expect(field(page)).toBeFocused()
  })

  test('has the focus in the composer after Stop', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await stopAnswer(page)
    await expect(field(page)).toBeFocused()
  })

  test('continues a stopped response in the same message', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await stopAnswer(page)
    await expect(responses(page)).toContainText('Response stopped.')
    const before = await responses(page).locator('.md').innerText()
    mock.configure({ tokensPerSecond: Infinity, reply: () => ' And more of them.' })
    await responses(page).getByRole('button', { name: 'Continue', exact: true }).click()
    await expect(responses(page)).toContainText('And more of them.')
    await expect(responses(page)).toHaveCount(1)
    await expect(responses(page)).not.toContainText('Response stopped.')
    expect(await responses(page).locator('.md').innerText()).toContain(before)
    expect(requestBodies(mock).at(-1)!.messages).toEqual([
      { role: 'user', content: 'Tell me' },
      { role: 'assistant', content: expect.stringContaining('A long answer') },
    ])
  })

  test('continues a stopped response that was edited', async ({ playground, mock }) => {
    const { page } = playground
    const proceed = responses(page).getByRole('button', { name: 'Continue', exact: true })
    await playground.connected('chat')
    await stopAnswer(page)
    await page.getByRole('button', { name: 'Edit response' }).click()
    await page.getByRole('textbox', { name: 'Edited response' }).fill('My own words,')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    mock.configure({ tokensPerSecond: Infinity, reply: () => ' and the rest.' })
    await proceed.click()
    await expect(responses(page)).toContainText('My own words, and the rest.')
    await expect(page.getByRole('group', { name: 'Versions of this response' })).toContainText('2 / 2')
    await expect(proceed).toHaveCount(0)
    expect(requestBodies(mock).at(-1)!.messages).toEqual([
      { role: 'user', content: 'Tell me' },
      { role: 'assistant', content: 'My own words,' },
    ])
  })
})

test('the model picker searches, shows loaded models first, and is remembered per chat', async ({
  playground,
  mock,
}) => {
  const { page } = playground
  await playground.connected('chat')
  await expect(modelButton(page)).toBeVisible()
  await page.keyboard.press('Control+k')
  const dialog = page.getByRole('dialog', { name: 'Choose a model' })
  const options = dialog.getByRole('option')
  await expect(dialog.getByRole('combobox', { name: 'Search models' })).toBeFocused()
  await expect(options.first()).toContainText('Loaded')
  await expectAccessible(playground)
  await page.keyboard.type('heron')
  await expect(options).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(modelButton(page)).toHaveText('Heron Base')
  await sendAndWait(page, 'one')
  expect(requestBodies(mock).at(-1)!.model).toBe('acme/heron-base')

  await page.getByRole('button', { name: 'New chat' }).first().click()
  await modelButton(page).click()
  await options.filter({ hasText: 'Tern 4B' }).click()
  await sendAndWait(page, 'two')
  expect(requestBodies(mock).at(-1)!.model).toBe('acme/tern-4b')
  await page.getByRole('button', { name: /^one/ }).click()
  await expect(modelButton(page)).toHaveText('Heron Base')
  await page.reload()
  await page.getByRole('button', { name: /^one/ }).click()
  await expect(modelButton(page)).toHaveText('Heron Base')
})

test('the model picker shows names in full on a phone', async ({ playground }) => {
  const { page } = playground
  await page.setViewportSize({ width: 360, height: 740 })
  await playground.connected('chat')
  await modelButton(page).click()
  const name = page.getByRole('dialog').locator('.model-option-name').filter({ hasText: 'Tern 4B' })
  // One line.
  await expect.poll(async () => (await name.boundingBox())!.height).toBeLessThan(40)
})

test('settings are in a side panel from 1200 px and in a drawer below', async ({ playground }) => {
  const { page } = playground
  await page.setViewportSize({ width: 1200, height: 800 })
  await playground.connected('chat')
  const panel = page.getByRole('complementary', { name: 'Chat settings' })
  await expect(panel.getByLabel('System prompt')).toBeVisible()
  for (const name of ['Max tokens', 'Stop sequences', 'Logit bias', 'Idle TTL'])
    await expect(panel.getByLabel(name)).toBeVisible()
  await page.getByRole('button', { name: 'Chat settings' }).click()
  await expect(panel).toHaveCount(0)
  await page.setViewportSize({ width: 1199, height: 800 })
  await page.getByRole('button', { name: 'Chat settings' }).click()
  await expect(page.getByRole('dialog', { name: 'Chat settings' }).getByLabel('System prompt')).toBeVisible()
})

test('a preset keeps a system prompt and parameters for other chats', async ({ playground, mock }) => {
  const { page } = playground
  await page.setViewportSize({ width: 1440, height: 900 })
  await playground.connected('chat')
  await page.getByLabel('System prompt').fill('Answer as a pirate.')
  await page.getByLabel('Temperature value').fill('1.2')
  await page.getByLabel('Max tokens').fill('90')
  await page.getByRole('button', { name: 'Save as preset' }).click()
  await expect(page.getByLabel('Name of the preset')).toBeFocused()
  await page.keyboard.type('Pirate')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Preset', { exact: true })).toHaveValue('Pirate')
  await page.getByLabel('System prompt').fill('')
  await page.getByRole('button', { name: 'Reset all' }).click()
  await expect(page.getByLabel('Max tokens')).toHaveValue('')
  await page.reload()
  await page.getByLabel('Preset', { exact: true }).selectOption('Pirate')
  await expect(page.getByLabel('Max tokens')).toHaveValue('90')
  await sendAndWait(page, 'Hello')
  expect(requestBodies(mock).at(-1)).toMatchObject({
    temperature: 1.2,
    max_tokens: 90,
    messages: [
      { role: 'system', content: 'Answer as a pirate.' },
      { role: 'user', content: 'Hello' },
    ],
  })
  await page.getByRole('button', { name: 'Delete preset' }).click()
  await expect(page.getByLabel('Preset', { exact: true })).toBeDisabled()
})

test('a new chat keeps the settings of the previous one', async ({ playground, mock }) => {
  const { page } = playground
  await page.setViewportSize({ width: 1440, height: 900 })
  await playground.connected('chat')
  await page.getByLabel('System prompt').fill('Answer as a pirate.')
  await page.getByLabel('Max tokens').fill('90')
  await page.getByRole('button', { name: 'Compare with another model' }).click()
  await page.getByRole('dialog').getByRole('option').filter({ hasText: 'Heron Base' }).click()
  await field(page).fill('one')
  await field(page).press('Enter')
  await expect(responses(page)).toHaveCount(2)
  await expect(stop(page)).toBeHidden()
  await page.keyboard.press('Control+Shift+O')
  await expect(responses(page)).toHaveCount(0)
  await expect(page.getByLabel('System prompt')).toHaveValue('Answer as a pirate.')
  await expect(page.getByLabel('Max tokens')).toHaveValue('90')
  await page.getByRole('button', { name: 'Stop comparing with Heron Base' }).click()
  await sendAndWait(page, 'two')
  expect(requestBodies(mock).at(-1)).toMatchObject({
    max_tokens: 90,
    messages: [
      { role: 'system', content: 'Answer as a pirate.' },
      { role: 'user', content: 'two' },
    ],
  })
})

test('the list of chats opens at the side of its button, and takes the focus', async ({ playground }) => {
  const { page } = playground
  await page.setViewportSize({ width: 820, height: 900 })
  await playground.connected('chat')
  await sendAndWait(page, 'one')
  await page.keyboard.press('Control+Shift+O')
  await sendAndWait(page, 'two')
  const button = page.getByRole('button', { name: 'Chats', exact: true })
  const { x } = (await button.boundingBox())!
  await button.click()
  const drawer = page.getByRole('dialog', { name: 'Chats' })
  await expect(drawer.getByLabel('Search chats')).toBeFocused()
  await expect.poll(async () => (await drawer.boundingBox())!.x).toBe(0)
  expect(x).toBeLessThan((await drawer.boundingBox())!.width)
})

test('the gauge shows the used context and loads the model with a longer one', async ({ playground, mock }) => {
  const { page } = playground
  await playground.connected('chat')
  await expect(page.getByRole('button', { name: /^Context:/ })).toHaveCount(0)
  await sendAndWait(page, 'word '.repeat(400))
  const gauge = page.getByRole('button', { name: /^Context: [\d,]+ of [\d,]+ tokens used/ })
  await expect(gauge).toContainText('%')
  await gauge.click()
  await expectAccessible(playground)
  await expectToFit(playground, 'chat-context')
  await page.getByRole('button', { name: 'Load with a longer context' }).click()
  const dialog = page.getByRole('dialog', { name: /^Load / })
  const length = Number(await dialog.getByLabel('Context length value').inputValue())
  expect(length).toBeGreaterThan(4_096)
  await dialog.getByRole('button', { name: 'Load', exact: true }).click()
  const loads = () =>
    mock.calls.filter(({ method, path }) => method === 'POST' && path === '/api/v1/models/load').map(({ body }) => body)
  await expect.poll(loads).toMatchObject([{ context_length: length }])
  await expect(page.getByRole('button', { name: /^Context: [\d,]+ of 16,384 tokens used/ })).toBeVisible()
})

test('an edited response is a new version that later requests use', async ({ playground, mock }) => {
  const { page } = playground
  await playground.connected('chat')
  await sendAndWait(page, 'one')
  await page.getByRole('button', { name: 'Edit response' }).click()
  await page.getByRole('textbox', { name: 'Edited response' }).fill('My **own** words.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(responses(page).locator('strong')).toHaveText('own')
  await expect(responses(page)).toContainText('(edited)')
  await expect(page.getByRole('group', { name: 'Versions of this response' })).toContainText('2 / 2')
  await sendAndWait(page, 'two')
  expect(requestBodies(mock).at(-1)!.messages[1]).toEqual({ role: 'assistant', content: 'My **own** words.' })
})

test('chats can be renamed, pinned, put into folders, searched and exported as Markdown', async ({ playground }) => {
  const { page } = playground
  await page.setViewportSize({ width: 1440, height: 900 })
  await playground.connected('chat')
  await sendAndWait(page, 'the speed of terns')
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await sendAndWait(page, 'the weight of gulls')
  const titles = page.locator('.list-title')
  await expect(titles).toHaveText(['the weight of gulls', 'the speed of terns'])

  const chat = page.getByRole('listitem').filter({ hasText: 'the speed of terns' })
  await chat.hover()
  const title = await chat.locator('.list-title').boundingBox()
  const options = await chat.getByRole('button', { name: /^Options/ }).boundingBox()
  expect(title!.x + title!.width, 'the buttons do not cover the title').toBeLessThanOrEqual(options!.x)
  await page.getByRole('button', { name: 'Options for “the speed of terns”' }).click()
  await page.getByLabel('Title').fill('Birds')
  await page.getByLabel('Pin to the top of the list').check()
  await expectAccessible(playground)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as Markdown' }).click(),
  ])
  expect(await readFile(await download.path(), 'utf8')).toBe(
    '# the speed of terns\n\n## You\n\nthe speed of terns\n\n## acme/tern-4b\n\nacme/tern-4b heard *the speed of terns*.\n',
  )
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(titles).toHaveText(['Birds', 'the weight of gulls'])

  await page.getByRole('button', { name: 'Options for “the weight of gulls”' }).click()
  await page.getByLabel('Folder').fill('Research')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('group').filter({ hasText: 'Research' }).locator('.list-title')).toHaveText(
    'the weight of gulls',
  )
  await page.reload()
  await expect(titles).toHaveText(['Birds', 'the weight of gulls'])

  await page.getByLabel('Search chats').fill('terns speed')
  await expect(titles).toHaveText(['Birds'])
  await expect(page.locator('.list-note')).toContainText('speed of terns')
  await page.getByLabel('Search chats').fill('albatross')
  await expect(page.getByText('No chats match “albatross”.')).toBeVisible()
})

test('two models respond side by side, and the chat continues from the chosen response', async ({
  playground,
  mock,
}) => {
  const { page } = playground
  await page.setViewportSize({ width: 1440, height: 900 })
  await playground.connected('chat')
  await expect(modelButton(page)).toHaveText('Tern 4B')
  await page.getByRole('button', { name: 'Compare with another model' }).click()
  await page.getByRole('dialog').getByRole('option').filter({ hasText: 'Heron Base' }).click()
  await field(page).fill('Hello')
  await field(page).press('Enter')
  await expect(responses(page)).toHaveCount(2)
  await expect(stop(page)).toBeHidden()
  await expect(responses(page).nth(0)).toContainText('acme/tern-4b heard Hello.')
  await expect(responses(page).nth(1)).toContainText('acme/heron-base heard Hello.')
  for (const width of [1440, 1280, 1200, 1080, 820]) {
    await page.setViewportSize({ width, height: 900 })
    // Polled: the view takes its new layout after the window has its new width. 20rem
    const layout = () =>
      responses(page).evaluateAll((all) => {
        const [first, second] = all.map((one) => one.getBoundingClientRect())
        return {
          isSideBySide: first!.top === second!.top && first!.width === second!.width,
          isReadable: first!.width >= 320,
        }
      })
    await expect.poll(layout, `at ${width} px`).toEqual({ isSideBySide: true, isReadable: true })
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await expect(page.getByRole('complementary', { name: 'Chat settings' })).toBeVisible()
  await page.getByRole('button', { name: 'Chats', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Chats' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expectAccessible(playground)
  await expectToFit(playground, 'chat-compare')
  await page.getByRole('button', { name: 'Continue with this response' }).click()
  await page.getByRole('button', { name: 'Stop comparing with Heron Base' }).click()
  await field(page).fill('And now?')
  await field(page).press('Enter')
  await expect(responses(page)).toHaveCount(3)
  await expect(stop(page)).toBeHidden()
  expect(requestBodies(mock).at(-1)!.messages[1]).toEqual({
    role: 'assistant',
    content: 'acme/heron-base heard *Hello*.',
  })
})

test('the dialogs fit at every width', async ({ playground }) => {
  const { page } = playground
  await playground.connected('chat')
  await sendAndWait(page, 'the speed of terns')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Choose a model' })).toBeVisible()
  await expectToFit(playground, 'chat-models')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Options for “the speed of terns”' }).click()
  await expect(page.getByLabel('Title')).toBeVisible()
  await expectToFit(playground, 'chat-options')
})

test('an empty chat offers prompts that can be sent at once', async ({ playground }) => {
  const { page } = playground
  await playground.connected('chat')
  const prompts = page.getByRole('list', { name: 'Example prompts' }).getByRole('button')
  await expect(prompts).toHaveCount(4)
  await prompts.first().click()
  await expect(responses(page)).toHaveCount(1)
})

test('old answers are rendered when they come near, or when the chat is printed', async ({ playground }) => {
  const { page } = playground
  await playground.connected('chat')
  await page.getByTestId('import').setInputFiles({
    name: 'long.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(longChat(60))),
  })
  await expect(responses(page)).toHaveCount(60)
  await expect(responses(page).last().locator('em')).toHaveText('59')
  await expect(responses(page).first()).toContainText('Answer *0*')
  expect(await responses(page).locator('em').count()).toBeLessThan(30)
  await page.getByRole('region', { name: 'Messages' }).evaluate((thread) => (thread.scrollTop = 0))
  await expect(responses(page).first().locator('em')).toHaveText('0')
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  await expect(responses(page).locator('em')).toHaveCount(60)
})

/** An export with one chat of many answers, each about half a screen high. */
function longChat(answers: number): object {
  const nodes = Array.from({ length: answers }, (_, index) => [
    { role: 'user', id: `u${index}`, at: index, text: `Question ${index}`, images: [] },
    {
      role: 'assistant',
      id: `a${index}`,
      at: index,
      text: `Answer *${index}*\n\n${'A paragraph about terns.\n\n'.repeat(8)}`,
      state: 'whole',
      model: 'acme/tern-4b',
    },
  ]).flat()
  const linked = nodes.map((node, index) => ({ ...node, ...(index > 0 ? { parent: nodes[index - 1]!.id } : {}) }))
  return {
    format: 'lmstudio-playground-conversations',
    version: 1,
    conversations: [
      {
        id: 'long',
        title: 'A long chat',
        createdAt: 0,
        updatedAt: 1,
        system: '',
        parameters: {},
        isNative: false,
        nodes: Object.fromEntries(linked.map((node) => [node.id, node])),
        chosen: Object.fromEntries(linked.map(({ id }, index) => [index === 0 ? '' : linked[index - 1]!.id, id])),
      },
    ],
  }
}

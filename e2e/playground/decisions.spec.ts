import type { Page } from '@playwright/test'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

const runQuestions = (page: Page): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click()
const status = (page: Page) => page.getByRole('region', { name: 'Answers', exact: true }).getByRole('status')
const question = (page: Page, number: number) => page.getByRole('group', { name: `Question ${number}` })
const answer = (page: Page, name: string) => page.getByRole('region', { name: `Answer to ${name}`, exact: true })
const bar = (page: Page, value: string) => page.getByRole('meter', { name: `Probability of ${value}`, exact: true })
const probability = (page: Page, value: string): Promise<number> =>
  bar(page, value).evaluate((meter: HTMLMeterElement) => meter.value)
const picker = (page: Page) => page.getByLabel('Model', { exact: true })
const isDecision = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'POST' && path === '/v1/decisions'

test('shows the answers with their probabilities', async ({ playground, page, mock }) => {
  await playground.connected('decisions')
  await expect(picker(page).locator('option')).toHaveText(['Judge 1B · not loaded'])
  await runQuestions(page)
  await expect(status(page)).toHaveText('Answered')
  await expect(picker(page).locator('option')).toHaveText(['Judge 1B'])
  await expect(answer(page, 'team').getByRole('strong')).toHaveText('billing')
  await expect(answer(page, 'team').getByRole('meter')).toHaveCount(3)
  await expect(answer(page, 'angry').getByRole('meter')).toHaveCount(2)
  await expect(answer(page, 'mood').getByRole('meter')).toHaveCount(3)
  expect(await probability(page, 'billing')).toBeGreaterThan(0.5)

  await page.getByLabel('Input').fill('It crashes, there are bugs and more bugs and crashes.')
  await runQuestions(page)
  await expect(answer(page, 'team').getByRole('strong')).toHaveText('tech')
  expect(await probability(page, 'billing')).toBeLessThan(0.5)

  const bodies = mock.calls.filter(isDecision).map(({ body }) => body)
  expect(bodies).toMatchObject([
    {
      model: 'acme/judge-1b',
      questions: [
        { name: 'angry', type: 'predicate' },
        { name: 'team', type: 'choice' },
        { name: 'mood', type: 'score' },
      ],
    },
    { input: 'It crashes, there are bugs and more bugs and crashes.' },
  ])
})

test('edits, adds and removes questions', async ({ playground, page, mock }) => {
  await playground.connected('decisions')
  await page.getByRole('button', { name: 'Remove question 3' }).click()
  await page.getByRole('button', { name: 'Remove question 1' }).click()
  await question(page, 1).getByLabel('Name').fill('color')
  await question(page, 1).getByLabel('Instructions').fill('Which color?')
  await question(page, 1).getByLabel('Choices').fill('red')
  await expect(question(page, 1).getByText('Enter at least two, one per line.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await question(page, 1).getByLabel('Choices').fill('red\n blue : like the sea\n')

  await page.getByRole('button', { name: 'Add a question' }).click()
  await question(page, 2).getByLabel('Name').fill('color')
  await expect(question(page, 2).getByText('Another question has this name.')).toBeVisible()
  await question(page, 2).getByLabel('Name').fill('size')
  await question(page, 2).getByLabel('Type').selectOption('score')
  await question(page, 2).getByLabel('Instructions').fill('How large?')
  await question(page, 2).getByLabel('Levels').fill('small\nlarge')
  await page.getByLabel('Input').fill('The sea is large.')
  await expect(page.getByRole('region', { name: 'decide call' })).toContainText("size: score('How large?', [")
  await runQuestions(page)
  await expect(answer(page, 'color').getByRole('strong')).toHaveText('blue')
  await expect(bar(page, 'large')).toBeVisible()
  expect(mock.calls.find(isDecision)!.body).toMatchObject({
    questions: [
      {
        name: 'color',
        type: 'choice',
        instructions: 'Which color?',
        choices: [{ value: 'red' }, { value: 'blue', description: 'like the sea' }],
      },
      { name: 'size', type: 'score', levels: [{ label: 'small' }, { label: 'large' }] },
    ],
  })

  await page.getByRole('button', { name: 'Reset to sample' }).click()
  await expect(question(page, 3).getByLabel('Name')).toHaveValue('mood')
})

test('shows a refusal next to the other answers', async ({ playground, page }) => {
  await page.route('**/v1/decisions', (route) =>
    route.fulfill({
      headers: { 'access-control-allow-origin': '*' },
      json: {
        model: 'acme/judge-1b',
        answers: [
          { type: 'refusal', name: 'angry', explanation: 'The text is too <b>short</b>.' },
          {
            type: 'choice',
            name: 'team',
            choice: 'sales',
            confidence: 0.4,
            probabilities: [
              { value: 'billing', probability: 0.25 },
              { value: 'tech', probability: 0.15 },
              { value: 'sales', probability: 0.6 },
            ],
          },
          { type: 'refusal', name: 'mood' },
        ],
        usage: { input_tokens: 12, output_tokens: 0, total_tokens: 12 },
      },
    }),
  )
  await playground.connected('decisions')
  await runQuestions(page)
  await expect(answer(page, 'angry')).toContainText('Refused')
  await expect(answer(page, 'angry')).toContainText('The text is too <b>short</b>.')
  await expect(answer(page, 'mood')).toContainText('The model gave no reason for its refusal.')
  await expect(answer(page, 'team')).toContainText('60.0%')
  await expect(answer(page, 'team')).toContainText('confidence 40.0%')
})

test.describe('errors', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('explains that a chat model cannot answer, and asks it after all', async ({ playground, page, mock }) => {
    await playground.connected('decisions')
    // The server replaces the model after the page read the list. As many models as before, so that it is not read again.
    mock.configure({
      models: ['acme/judge-1b', 'acme/tern-4b', 'acme/heron-base', 'acme/plover-vl', 'acme/ibis'].map((id) => ({
        id,
        loaded: id === 'acme/judge-1b',
      })),
      reply: () => ({ reasoning: '', text: '{"angry":false,"team":"sales","mood":"calm"}' }),
    })
    await runQuestions(page)
    const alert = page.getByRole('alert')
    await expect(alert).toContainText('The questions could not be answered.')
    await expect(alert).toContainText('wrong-model-type')
    await expect(status(page)).toHaveText('Failed')
    await expectAccessible(playground)
    await expectToFit(playground, 'decisions-failed')
    await page.getByLabel('Ask a chat model instead').check()
    await picker(page).selectOption('acme/judge-1b')
    await runQuestions(page)
    await expect(answer(page, 'team').getByRole('strong')).toHaveText('sales')
    await expect(alert).toHaveCount(0)
  })

  test('asks a chat model instead', async ({ playground, page, mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', text: '{"angry":true,"team":"tech","mood":"annoyed"}' }) })
    await playground.connected('decisions')
    await page.getByLabel('Ask a chat model instead').check()
    await expect(picker(page).locator('option')).toHaveText([
      'Tern 4B',
      'Heron Base · not loaded',
      'Plover VL · not loaded',
      'Judge 1B · not loaded',
    ])
    await expect(picker(page)).toHaveValue('acme/tern-4b')
    await expect(page.getByRole('region', { name: 'decide call' })).toContainText("fallback: 'chat'")
    await runQuestions(page)
    await expect(page.getByText('A chat model answered. It reports no probabilities.')).toBeVisible()
    await expect(answer(page, 'team').getByRole('strong')).toHaveText('tech')
    await expect(answer(page, 'angry').getByRole('strong')).toHaveText('Yes')
    await expect(page.getByRole('meter')).toHaveCount(0)
    await page.getByLabel('Ask a chat model instead').uncheck()
    await expect(picker(page)).toHaveValue('acme/judge-1b')
  })

  test('can be stopped and run again', async ({ playground, page, mock }) => {
    await playground.connected('decisions')
    mock.inject('delay-headers', { path: '/v1/decisions' })
    await runQuestions(page)
    await mock.whenHeld()
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(status(page)).toHaveText('Stopped')
    await expect(page.getByRole('alert')).toHaveCount(0)
    await runQuestions(page)
    await expect(status(page)).toHaveText('Answered')
  })
})

test('explains that the server has no decision model', async ({ playground, page, mock }) => {
  mock.configure({ models: [{ id: 'acme/tern-4b', sizeBytes: 2e9 }] })
  await playground.connected('decisions')
  await expect(page.getByText('No decision model', { exact: true })).toBeVisible()
  await expectAccessible(playground)
  await expectToFit(playground, 'decisions-empty')
  await page.getByRole('button', { name: 'Ask a chat model instead' }).click()
  await expect(picker(page)).toHaveValue('acme/tern-4b')
  await expect(page.getByLabel('Ask a chat model instead')).toBeChecked()
})

test('offers a decision model only for decisions', async ({ playground, page }) => {
  await playground.connected('chat')
  await page.getByRole('button', { name: /^Model: Tern 4B/ }).click()
  await expect(page.getByRole('dialog').getByRole('option')).toHaveText([/Tern 4B/, /Heron Base/, /Plover VL/])
  await page.keyboard.press('Escape')
  const chat = ['Tern 4B', 'Heron Base · not loaded', 'Plover VL · not loaded']
  for (const view of ['tools', 'structured'] as const) {
    await playground.open(view)
    await expect(picker(page).locator('option')).toHaveText(chat)
  }
  await playground.open('models')
  await page.getByRole('button', { name: 'Judge 1B', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page.getByRole('dialog').getByRole('button', { name: /chat/i })).toHaveCount(0)
})

test('the Inspector has the call', async ({ playground, page }) => {
  await playground.connected('decisions')
  await runQuestions(page)
  await expect(status(page)).toHaveText('Answered')
  await playground.open('inspector')
  await page.getByText('/v1/decisions').first().click()
  await page.getByRole('tab', { name: 'Code' }).click()
  await expect(page.getByRole('region', { name: 'Node code' })).toContainText('lmstudio.decide({')
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('decisions')
  await runQuestions(page)
  await expect(status(page)).toHaveText('Answered')
  await expectAccessible(playground)
  await expectToFit(playground, 'decisions')
})

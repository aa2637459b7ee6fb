import { choice, createLMStudio, predicate, score } from 'lmstudio-provider'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { expect, test } from 'vitest'
import { toCode } from '../../playground/src/views/decisions/code.js'
import {
  problemsOf,
  toOptions,
  toQuestions,
  type QuestionRow,
} from '../../playground/src/views/decisions/question-rows.js'

const row = (change: Partial<QuestionRow>): QuestionRow => ({
  id: 1,
  name: 'team',
  type: 'choice',
  instructions: 'Who handles this?',
  options: 'billing\ntech',
  ...change,
})

test('reads one option per line, with an optional description', () => {
  expect(toOptions(' billing : Payments: and refunds \n\n10:30\nhttp://a.b\n: x\ntech:')).toEqual([
    { value: 'billing', description: 'Payments: and refunds' },
    { value: '10:30', description: undefined },
    { value: 'http://a.b', description: undefined },
    { value: ': x', description: undefined },
    { value: 'tech:', description: undefined },
  ])
})

test.each<[string, readonly QuestionRow[], readonly object[]]>([
  ['nothing', [row({}), row({ name: 'x', type: 'predicate', options: '' })], [{}, {}]],
  ['a blank name', [row({ name: ' ' })], [{ name: 'Enter a name.' }]],
  ['a name twice', [row({}), row({ name: 'team ' })], [{}, { name: 'Another question has this name.' }]],
  ['no instructions', [row({ instructions: '\n' })], [{ instructions: 'Enter the question.' }]],
  ['one choice', [row({ options: 'a\n\n' })], [{ options: 'Enter at least two, one per line.' }]],
  [
    'equal levels',
    [row({ type: 'score', options: 'a\na: b' })],
    [{ options: 'All lines must have different values.' }],
  ],
])('finds what is missing: %s', (_, rows, problems) => {
  expect(problemsOf(rows)).toEqual(problems)
})

const ROWS: readonly QuestionRow[] = [
  row({ name: 'angry', type: 'predicate' }),
  row({ name: '__proto__', options: 'billing: Payments\ntech: It\'s "broken"' }),
  row({ name: 'numbers', options: '10: ten\n9: nine' }),
  row({ name: 'mixed', options: 'a: first\nb' }),
  row({ name: 'a mood', type: 'score', options: 'furious: very\ncalm' }),
]

test('sends the questions of the rows, and the code sends the same', async () => {
  const mock = createMockLMStudio()
  const lmstudio = createLMStudio({ fetch: mock.fetch, cache: false })
  const request = { model: 'acme/judge-1b', input: 'I paid.\n</script>' }
  await lmstudio.decide({ ...request, questions: toQuestions(ROWS) })
  const code = toCode({ ...request, fallback: undefined, rows: ROWS })
  expect(code.split('\n')[0]).toBe("import { choice, createLMStudio, predicate, score } from 'lmstudio-provider'")
  // oxlint-disable-next-line typescript/no-implied-eval -- the test runs the generated code
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...args: unknown[]) => Promise<void>
  const body = code.replace(/^import .*$/m, '')
  const log: unknown[] = []
  await new AsyncFunction('createLMStudio', 'predicate', 'choice', 'score', 'console', body)(
    () => lmstudio,
    predicate,
    choice,
    score,
    { log: (value: unknown) => log.push(value) },
  )
  const [first, second] = mock.calls.filter(({ method }) => method === 'POST')
  expect(second!.body).toEqual(first!.body)
  expect(first!.body).toMatchObject({
    questions: [
      { name: 'angry', type: 'predicate' },
      { name: '__proto__', choices: [{ value: 'billing', description: 'Payments' }, { value: 'tech' }] },
      { name: 'numbers', choices: [{ value: '10' }, { value: '9' }] },
      { name: 'mixed', choices: [{ value: 'a', description: 'first' }, { value: 'b' }] },
      { name: 'a mood', levels: [{ label: 'furious', description: 'very' }, { label: 'calm' }] },
    ],
  })
  expect(log).toHaveLength(1)
})

test('the code asks a chat model if the view does', () => {
  const code = toCode({ model: 'acme/tern-4b', fallback: 'chat', input: 'Hi', rows: [row({ name: 'ok' })] })
  expect(code).toContain("fallback: 'chat'")
  expect(code).toContain("ok: choice('Who handles this?', ['billing', 'tech'])")
})

import { exampleRunner } from './setup/example-runner.js'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

const cook = exampleRunner('structured-output.mjs')

test.describe('structured-output.mjs', () => {
  test('prints the recipe line by line, then as an object', async () => {
    await using example = cook(['--mock', 'pancakes'])
    expect(await example.exitCode).toBe(0)
    const lines = example.output().trimEnd().split('\n')
    expect(lines.slice(0, 3)).toEqual(['# Pancakes', '20 minutes', '- flour'])
    expect(lines.at(-2)).toBe('2. Fry thin cakes.')
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ minutes: 20, ingredients: ['flour', 'milk', 'two eggs'] })
  })

  test('sends the dish with a schema, and prints a line as soon as it is complete', async ({ mock }) => {
    mock.configure({
      reply: () => ({ reasoning: '', deltas: ['{"title":"Soup","min', 'utes":5,"ingr', 'edients":[]'] }),
    })
    mock.inject({ name: 'stall', afterEvents: 4 })
    await using example = cook(['soup', 'for', 'two'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('# Soup\n')
    expect(posted(mock)[0]?.body).toMatchObject({
      messages: [{ content: 'A recipe: soup for two.' }],
      response_format: { type: 'json_schema' },
    })
    example.child.kill('SIGINT')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('stopped')
    expect(await posted(mock)[0]?.finished).toBe('aborted')
  })

  test('prints why a truncated response failed, and its text', async ({ mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['{"title":"Soup"'], finishReason: 'length' }) })
    await using example = cook(['soup'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(1)
    expect(example.output()).toContain('maxTokens')
    expect(example.output()).toContain('The model wrote:\n{"title":"Soup"')
  })
})

import { exampleRunner } from './setup/example-runner.js'
import { expect, test } from './setup/test.js'

const COLD = 'acme/plover-vl'
const CHAT = '/api/v1/chat'

const chat = exampleRunner('chat-with-progress.mjs')

test.describe('the example of a chat with progress', () => {
  test('draws how the model loads, answers, and remembers', async () => {
    await using example = chat(['--mock', COLD, 'My', 'name', 'is', 'Ada.', '--next', 'What is my name?'])
    expect(await example.exitCode).toBe(0)
    const lines = example.output().trim().split('\n')
    expect(lines[0]).toBe(`Loading the model  ${'░'.repeat(24)} 0 %`)
    expect(lines[2]).toBe(`Loading the model  ${'█'.repeat(12)}${'░'.repeat(12)} 50 %`)
    expect(lines[4]).toBe(`Loading the model  ${'█'.repeat(24)} 100 %`)
    expect(lines.slice(5)).toEqual(['You said: My name is Ada.', 'You said first: My name is Ada.'])
  })

  test('draws how a long prompt is read', async ({ mock }) => {
    const long = ['echo:', ...Array.from({ length: 60 }, () => 'gull')]
    await using example = chat(['acme/tern-4b', ...long, '--next', 'echo: done'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain(`Reading the prompt ${'█'.repeat(12)}${'░'.repeat(12)} 50 %`)
    expect(example.output()).toMatch(/done\n$/)
  })

  test('goes on with the lines it reads, each with the answer before', async ({ mock }) => {
    await using example = chat(['acme/tern-4b', 'echo:', 'first'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('first\n> ')
    example.child.stdin.end('echo: second\n')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('second\n')
    const bodies = mock.calls.filter(({ path }) => path === CHAT).map(({ body }) => body)
    expect(bodies).toMatchObject([{ store: true }, { previous_response_id: expect.stringMatching(/^resp_/) }])
  })

  test('ends the answer, and the request, at Ctrl+C', async ({ mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 6 }, { path: CHAT })
    await using example = chat(['acme/tern-4b', 'Count.', '--next', 'echo: next'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('two')
    example.child.kill('SIGINT')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('two  … stopped\n')
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('says what to do with an LM Studio that is too old', async ({ mock }) => {
    mock.configure({ version: '0.3' })
    await using example = chat(['acme/tern-4b', 'Hello.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(1)
    expect(example.output()).toContain('0.4.0')
    await using unasked = chat([])
    expect(await unasked.exitCode).toBe(1)
    expect(unasked.output()).toContain('Which model?')
  })
})

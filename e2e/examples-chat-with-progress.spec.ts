import { exampleRunner } from './setup/example-runner.js'
import { expect, test } from './setup/test.js'

const COLD = 'acme/plover-vl'
const CHAT = '/api/v1/chat'

const chat = exampleRunner('chat-with-progress.mjs')

test.describe('chat-with-progress.mjs', () => {
  test('draws the progress of the load, prints the response and continues the conversation', async () => {
    await using example = chat(['--mock', COLD, 'My', 'name', 'is', 'Ada.', '--next', 'What is my name?'])
    expect(await example.exitCode).toBe(0)
    const lines = example.output().trim().split('\n')
    expect(lines[0]).toBe(`Loading the model  ${'░'.repeat(24)} 0 %`)
    expect(lines[2]).toBe(`Loading the model  ${'█'.repeat(12)}${'░'.repeat(12)} 50 %`)
    expect(lines[4]).toBe(`Loading the model  ${'█'.repeat(24)} 100 %`)
    expect(lines.slice(5)).toEqual(['You said: My name is Ada.', 'You said first: My name is Ada.'])
  })

  test('draws the progress of prompt processing', async ({ mock }) => {
    const long = ['echo:', ...Array.from({ length: 60 }, () => 'gull')]
    await using example = chat(['acme/tern-4b', ...long, '--next', 'echo: done'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain(`Processing prompt  ${'█'.repeat(12)}${'░'.repeat(12)} 50 %`)
    expect(example.output()).toMatch(/done\n$/)
  })

  test('sends each line it reads as the next turn of the conversation', async ({ mock }) => {
    await using example = chat(['acme/tern-4b', 'echo:', 'first'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('first\n> ')
    example.child.stdin.end('echo: second\n')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('second\n')
    const bodies = mock.calls.filter(({ path }) => path === CHAT).map(({ body }) => body)
    expect(bodies).toMatchObject([{ store: true }, { previous_response_id: expect.stringMatching(/^resp_/) }])
  })

  test('stops the response and the request on Ctrl+C', async ({ mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 6 }, { path: CHAT })
    await using example = chat(['acme/tern-4b', 'Count.', '--next', 'echo: next'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('two')
    example.child.kill('SIGINT')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('two  … stopped\n')
    expect(await mock.calls[0]?.finished).toBe('aborted')
  })

  test('names the required version when LM Studio is too old, and the missing argument', async ({ mock }) => {
    mock.configure({ version: '0.3' })
    await using example = chat(['acme/tern-4b', 'Hello.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(1)
    expect(example.output()).toContain('0.4.0')
    await using withoutModel = chat([])
    expect(await withoutModel.exitCode).toBe(1)
    expect(withoutModel.output()).toContain('Name a model')
  })
})

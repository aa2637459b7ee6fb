import { exampleRunner } from './setup/example-runner.js'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

const ask = exampleRunner('tools.mjs')

test.describe('tools.mjs', () => {
  test('prints the tool call and the response that uses its result', async () => {
    await using example = ask(['--mock', 'What', 'time', 'is', 'it?'])
    expect(await example.exitCode).toBe(0)
    const [, time] = /^\[time_in \{"zone":"Asia\/Tokyo"\} → (\d\d:\d\d)\]\n/.exec(example.output()) ?? []
    expect(example.output()).toContain(`It is ${time} there.\n`)
  })

  test('sends the error for an unknown zone to the model and continues', async ({ mock }) => {
    const zones = ['Moon/Base', 'Europe/Oslo']
    mock.configure({
      reply: () => {
        const zone = zones.shift()
        if (zone === undefined) return { reasoning: '', text: 'Look up.' }
        return { reasoning: '', toolCalls: [{ name: 'time_in', arguments: { zone } }] }
      },
    })
    await using example = ask(['On', 'the', 'moon?'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toMatch(
      /Moon\/Base"\} → Error: .*\n\[time_in \{"zone":"Europe\/Oslo"\} → \d\d:\d\d\]\nLook up\./,
    )
    expect(posted(mock)).toHaveLength(3)
  })

  test('stops after maxRounds when the model only calls tools', async ({ mock }) => {
    mock.configure({
      reply: () => ({ reasoning: '', toolCalls: [{ name: 'time_in', arguments: { zone: 'Asia/Tokyo' } }] }),
    })
    await using example = ask(['Now?'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(1)
    expect(example.output()).toContain('maxRounds')
    expect(posted(mock)).toHaveLength(5)
  })

  test('stops the response and the request on Ctrl+C', async ({ mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 2 })
    await using example = ask(['Count.'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('two')
    example.child.kill('SIGINT')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('stopped')
    expect(await posted(mock)[0]?.finished).toBe('aborted')
  })
})

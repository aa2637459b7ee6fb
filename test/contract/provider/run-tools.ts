import type { RunToolsResult } from 'lmstudio-provider'
import { MODEL, type Bench, type Case } from '../contract.js'

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const

const weather = ({ library }: Bench) =>
  library.tool<{ city: string }>({
    name: 'get_weather',
    description: 'Returns the weather of a city.',
    parameters: PARAMETERS,
    execute: ({ city }) => `Rain in ${city}`,
  })

const request = { model: MODEL, prompt: 'How is the weather?' } as const

/** Both ways to run the loop. */
const variants: readonly (readonly [string, (bench: Bench) => Promise<RunToolsResult>])[] = [
  ['runTools', (bench) => bench.library.runTools(bench.create(), { ...request, tools: [weather(bench)] })],
  [
    'streamTools',
    (bench) => bench.library.streamTools(bench.create(), { ...request, tools: [weather(bench)] }).response,
  ],
]

export const runToolsCases: readonly Case[] = [
  ...variants.map(([name, run]): Case => ({
    name: `${name} executes the tool that the model calls and returns its answer`,
    async run(bench) {
      const { response, steps, messages } = await run(bench)
      const [result] = steps[0]?.results ?? []
      const { city } = result?.toolCall.arguments as { city: string }
      bench.assert.equal(result?.value, `Rain in ${city}`)
      bench.assert.equal(response.text, `According to get_weather: Rain in ${city}`)
      bench.assert.equal(
        messages.map(({ role }) => role),
        ['user', 'assistant', 'tool', 'assistant'],
      )
    },
  })),
  {
    // A strict content security policy forbids eval, so validation must not need it.
    name: 'runTools validates arguments with plain JSON Schema and reports what is invalid',
    async run(bench) {
      await bench.mock.setReply({ toolCalls: [{ name: 'get_weather', arguments: { city: 7 } }] })
      const { ToolExecutionError, runTools } = bench.library
      const tools = [weather(bench)]
      const failure = await bench.assert.fails(
        () => runTools(bench.create(), { ...request, tools, maxRounds: 2 }),
        ToolExecutionError,
      )
      bench.assert.equal(
        failure.steps.map(({ results }) => results.map(({ outcome, issues }) => [outcome, issues?.[0]?.path])),
        [[['invalid-arguments', ['city']]], [['invalid-arguments', ['city']]]],
      )
    },
  },
]

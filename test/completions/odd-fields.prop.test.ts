import { describe, expect, it } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import { ApiError, NetworkError } from '../../src/errors/index.js'
import type { CompletionResponse } from '../../src/types.js'
import { testClient } from '../helpers/client.js'
import { recordedText, SERVERS, TIDE_TOOL } from '../helpers/servers.js'

type Path = readonly (string | number)[]

/** JSON texts that a field rarely has; `undefined` removes the field. */
const ODD = [undefined, 'null', '[]', '{}', 'true', '-1', '1.5', '1e999', '[7]']

/** The paths of all values in a JSON value. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) =>
          pathsIn(member, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : []
  return path.length === 0 ? inner : [path, ...inner]
}

/** Replaces the value at a path by a JSON text. */
function replace(body: unknown, path: Path, odd: string | undefined): string {
  const copy = structuredClone(body)
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key]!, copy)
  const key = path.at(-1)!
  if (odd === undefined) delete (parent as Record<string, unknown>)[key]
  else (parent as Record<string, unknown>)[key] = '@odd@'
  return JSON.stringify(copy, (_, value: unknown) => (value === undefined ? null : value)).replace('"@odd@"', odd ?? '')
}

/** Whether the answer itself is at or below this path. */
const holdsAnswer = (path: Path): boolean =>
  /^choices(\.0(\.(message|delta)(\.(content|reasoning|reasoning_content|tool_calls(\.0(\.(id|function(\.(name|arguments))?))?)?))?)?)?$/.test(
    path.join('.'),
  ) || path.join('.') === 'choices.0.finish_reason'

const answerOf = ({ text, reasoning, toolCalls }: CompletionResponse): object => ({ text, reasoning, toolCalls })

const request = { model: 'acme/tern-4b', prompt: 'How many gulls?', tools: [TIDE_TOOL] }

type Outcome = CompletionResponse | Error

const settle = (response: Promise<CompletionResponse>): Promise<Outcome> =>
  response.catch((error: unknown) => error as Error)

const wholeOf = (body: string): Promise<Outcome> =>
  settle(complete(testClient({ fetch: async () => new Response(body), maxRetries: 0 }), request))

const streamOf = (events: readonly string[]): Promise<Outcome> => {
  const body = events.map((event) => `data: ${event}\n\n`).join('')
  const headers = { 'content-type': 'text/event-stream' }
  return settle(stream(testClient({ fetch: async () => new Response(body, { headers }) }), request).response)
}

const isWhole = (count: number | undefined): boolean =>
  count === undefined || (Number.isSafeInteger(count) && count >= 0)

/** What is wrong with an outcome, given the answer that the unchanged body has. */
function problemOf(outcome: Outcome, expected: CompletionResponse, path: Path): string | undefined {
  if (outcome instanceof Error) {
    const isTyped = ApiError.isInstance(outcome) || NetworkError.isInstance(outcome)
    return isTyped && holdsAnswer(path) ? undefined : `lost the answer: ${outcome.name} ${outcome.message}`
  }
  const { usage, stats } = outcome
  if (!Object.values(usage).every(isWhole)) return `usage ${JSON.stringify(usage)}`
  const figures = [stats.timeToFirstTokenMs, stats.tokensPerSecond, stats.durationMs]
  if (!figures.every((figure) => figure === undefined || (Number.isFinite(figure) && figure >= 0)))
    return `stats ${JSON.stringify(stats)}`
  if (typeof outcome.id !== 'string' || typeof outcome.model !== 'string') return 'id or model'
  const [actual, wanted] = [JSON.stringify(answerOf(outcome)), JSON.stringify(answerOf(expected))]
  if (!holdsAnswer(path)) return actual === wanted ? undefined : `changed the answer: ${actual}`
  const words = [...outcome.text.matchAll(/\S+/gu)].map(([word]) => word)
  const isInvented =
    words.some((word) => !expected.text.includes(word)) || outcome.toolCalls.some(({ name }) => name !== 'tide_at')
  const isEmpty = outcome.text === '' && outcome.reasoning === undefined && outcome.toolCalls.length === 0
  return isInvented || isEmpty ? `invented an answer: ${actual}` : undefined
}

describe.each(SERVERS)('one odd field in a response of %s', (server) => {
  it.each(['message.json', 'tools.json'])('never loses or invents an answer in %s', async (name) => {
    const body = JSON.parse(recordedText(server, name)) as unknown
    const expected = (await wholeOf(JSON.stringify(body))) as CompletionResponse
    const problems: string[] = []
    for (const path of pathsIn(body)) {
      for (const odd of ODD) {
        const problem = problemOf(await wholeOf(replace(body, path, odd)), expected, path)
        if (problem !== undefined) problems.push(`${path.join('.')} = ${odd}: ${problem}`)
      }
    }
    expect(problems).toEqual([])
  })

  it.each(['chat.sse', 'reasoning.sse', 'tools.sse'])('never loses or invents an answer in %s', async (name) => {
    const events = recordedText(server, name)
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => event.slice('data: '.length))
    const expected = (await streamOf(events)) as CompletionResponse
    const problems: string[] = []
    const shapes = new Set<string>()
    for (const [index, event] of events.entries()) {
      if (event === '[DONE]') continue
      const chunk = JSON.parse(event) as unknown
      const paths = pathsIn(chunk)
      // The second of two events of one shape shows nothing more than the first.
      if (shapes.has(paths.join(' '))) continue
      shapes.add(paths.join(' '))
      for (const path of paths) {
        for (const odd of ODD) {
          const problem = problemOf(await streamOf(events.with(index, replace(chunk, path, odd))), expected, path)
          if (problem !== undefined) problems.push(`${index}.${path.join('.')} = ${odd}: ${problem}`)
        }
      }
    }
    expect(problems).toEqual([])
  })
})

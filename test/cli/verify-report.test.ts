import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSanitizer } from '../../src/cli/verify/sanitize.js'
import type { Finding, ProbeResult } from '../../src/cli/verify/types.js'
import { type MockLMStudioServer, startMockLMStudio } from '../../src/testing/node-server.js'
import { cli, startCLI } from '../helpers/cli.js'
import { type RecordedExchange, startReplayServer } from '../helpers/replay-server.js'
import { verify } from '../helpers/verify.js'

const CHAT = '/v1/chat/completions'
const TOKEN = 'sk-lm-AbCd1234:0123456789abcdefghij'

let mock: MockLMStudioServer
let cwd: string
beforeEach(async () => {
  mock = await startMockLMStudio()
  cwd = mkdtempSync(join(tmpdir(), 'lmstudio-test-verify-'))
})
afterEach(async () => {
  await mock.close()
  rmSync(cwd, { recursive: true, force: true })
})

const run = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  cli(['verify', mock.url, ...args], { cwd, env })
const read = (path: string): string => readFileSync(join(cwd, path), 'utf8')
/** Everything that a run wrote. */
const allText = (folder = 'lmstudio-verify'): string =>
  readdirSync(join(cwd, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('\n')

describe('the report', () => {
  test('is written as Markdown and JSON, with the bodies', async () => {
    const { code, stdout } = await run()

    expect(code).toBe(0)
    expect(stdout).toContain('0 did not hold')
    expect(stdout).toContain(join(cwd, 'lmstudio-verify'))
    expect(read('lmstudio-verify/report.md')).toContain(
      '| 2.1 | GET /lmstudio-greeting returns 200 and {"lmstudio":true} | held |',
    )
    const report = JSON.parse(read('lmstudio-verify/report.json')) as { results: ProbeResult[]; summary: object }
    expect(report).toMatchObject({ server: { kind: 'LM Studio' }, summary: { failed: 0 } })
    const exchanges = JSON.parse(read('lmstudio-verify/exchanges.json')) as RecordedExchange[]
    expect(exchanges.length).toBeGreaterThan(30)
    for (const { file } of exchanges) expect(existsSync(join(cwd, 'lmstudio-verify', file))).toBe(true)
    const greeting = exchanges.find(({ path }) => path === '/lmstudio-greeting')!
    expect(JSON.parse(read(`lmstudio-verify/${greeting.file}`))).toEqual({ lmstudio: true })
  })

  test('goes to the folder of --out, in place of the bodies of an earlier run', async () => {
    const bodies = join(cwd, 'found/bodies')
    mkdirSync(bodies, { recursive: true })
    for (const name of ['99-get-api-v1-models.json', 'notes.md']) writeFileSync(join(bodies, name), '')
    await run(['--out', 'found'])
    const names = readdirSync(bodies)

    expect(existsSync(join(cwd, 'lmstudio-verify'))).toBe(false)
    expect(names).toContain('notes.md')
    expect(names).not.toContain('99-get-api-v1-models.json')
    expect(names.some((name) => name.endsWith('.sse'))).toBe(true)
  })

  test('is printed as JSON only with --json', async () => {
    const { code, stdout } = await run(['--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(read('lmstudio-verify/report.json')))
  })

  test('contains no token, no prompt and no name of a person', async () => {
    // A stream could cut each of these into pieces, which no pattern would find.
    const reply = `You asked me "When is high tide in Oban today? Use the tool." with ${TOKEN} in /home/ada/models.`
    mock.configure({ auth: TOKEN, reply: ({ stream }) => (stream ? 'Hello.' : reply) })
    const { code } = await run(['--api-token', TOKEN])
    const text = allText()

    expect(code).toBeLessThan(2)
    expect(text).not.toContain(TOKEN)
    expect(text).not.toContain('0123456789abcdefghij')
    expect(text).not.toContain('Name three colors')
    expect(text).not.toContain('high tide in Oban today')
    expect(text).not.toMatch(/\bada\b/)
    expect(text).toContain('/home/[user]/models')
  })

  test('keeps what else the bodies hold, byte for byte', async () => {
    await run()
    const exchanges = JSON.parse(read('lmstudio-verify/exchanges.json')) as RecordedExchange[]
    const { file } = exchanges.find(({ path }) => path === '/api/v1/models')!

    expect(read(`lmstudio-verify/${file}`)).toBe(await (await fetch(`${mock.url}/api/v1/models`)).text())
  })

  test('can be served again with the same findings', async () => {
    const outcomes = (results: readonly ProbeResult[]): [string, Finding['outcome']][] =>
      results.flatMap(({ probe, findings }) =>
        findings.map(({ id, outcome }): [string, Finding['outcome']] => [`${probe}/${id}`, outcome]),
      )
    mock.configure({
      reply: ({ tools, schema }) => (tools.length > 0 || schema !== undefined ? undefined : 'Blue and gray.'),
    })
    await run()
    const server = await startReplayServer(join(cwd, 'lmstudio-verify'))
    const replayed = await verify(server.url)
    await server.close()
    const { results } = JSON.parse(read('lmstudio-verify/report.json')) as { results: ProbeResult[] }

    expect(server.unmatched).toEqual([])
    expect(outcomes(replayed.results)).toEqual(outcomes(results))
  })
})

describe('createSanitizer', () => {
  const sanitize = createSanitizer(['secret-token'], [{ messages: [{ role: 'user', content: 'What is the tide?' }] }])

  test.each([
    ['{"echo":"What is the tide?"}', '{"echo":"[redacted]"}'],
    ['{"key":"secret-token"}', '{"key":"[redacted]"}'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    ['{"system_prompt": "You are \\"Ada\\".","id":1}', '{"system_prompt": "[redacted]","id":1}'],
    ['{"path":"/home/ada/models/a.gguf"}', '{"path":"/home/[user]/models/a.gguf"}'],
    ['{"path":"/Users/ada lovelace/a"}', '{"path":"/Users/[user]/a"}'],
    ['{"path":"C:\\\\Users\\\\ada\\\\a"}', '{"path":"C:\\\\Users\\\\[user]\\\\a"}'],
    ['{"text":"The tide turns."}', '{"text":"The tide turns."}'],
  ])('turns %s into %s', (text, expected) => {
    expect(sanitize(text)).toBe(expected)
  })
})

describe('the exit code', () => {
  test('is 1 when an assumption does not hold', async () => {
    mock.inject('no-done', { times: Number.POSITIVE_INFINITY, path: CHAT })
    const { code, stdout } = await run()

    expect(code).toBe(1)
    expect(stdout).toContain('✖ 3.3   data: [DONE] ends the stream')
    expect(read('lmstudio-verify/report.md')).toContain('**did not hold**')
  })

  test('is 2 when nothing answers, with the cause and without a report', async () => {
    await mock.close()
    const { code, stderr } = await run()

    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .+\n {2}→ /)
    expect(readdirSync(cwd)).toEqual([])
  })

  test('is 2 for a wrong endpoint', async () => {
    const { code, stdout, stderr } = await cli(['verify', 'ftp://127.0.0.1', '--json'], { cwd })

    expect(code).toBe(2)
    expect(stderr).toContain('error:')
    expect(JSON.parse(stdout)).toMatchObject({ error: { name: 'ConfigurationError' } })
  })

  test('is 1 when the time is over', async () => {
    mock.inject('delay-headers', { path: CHAT })
    const { code, stdout } = await run(['--total-timeout', '1'])

    expect(code).toBe(1)
    expect(stdout).toContain('The report is incomplete: the time limit of the run is over.')
  })

  test('is 130 after Ctrl+C, with a report of what was tried', async () => {
    mock.inject('delay-headers', { path: CHAT })
    const running = startCLI(['verify', mock.url], { cwd })
    await mock.whenHeld()
    running.interrupt()

    expect((await running.result).code).toBe(130)
    expect(read('lmstudio-verify/report.md')).toContain('The report is incomplete: the run was interrupted.')
  })

  test('is 130 after Ctrl+C during the first request, without a report', async () => {
    mock.inject('delay-headers')
    const running = startCLI(['verify', mock.url], { cwd })
    await mock.whenHeld()
    running.interrupt()

    expect((await running.result).code).toBe(130)
    expect(readdirSync(cwd)).toEqual([])
  })
})

describe('options', () => {
  test('choose groups of checks', async () => {
    const { code, stdout } = await run(['--only', 'cors', '--only', 'Lists of models'])

    expect(code).toBe(0)
    expect(stdout.match(/^[A-Z][A-Za-z ]+$/gm)).toEqual(['Lists of models', 'CORS'])
  })

  test.each([
    ['tool', 'Unknown group "tool". Did you mean "Tools"?'],
    ['something else entirely', 'The groups are Identification, Lists of models'],
  ])('name no group %j', async (group, message) => {
    expect(await run(['--only', group])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  test('choose the models', async () => {
    const { stdout } = await run(['--model', 'acme/heron-base', '--embedding-model', 'text-embedding-plover-v2'])
    expect(stdout).toContain('Model: acme/heron-base; embedding model: text-embedding-plover-v2')
  })

  test('come from the environment where they are not given', async () => {
    mock.configure({ auth: TOKEN })
    expect((await run([], { LMSTUDIO_API_TOKEN: TOKEN })).code).toBe(0)
  })
})

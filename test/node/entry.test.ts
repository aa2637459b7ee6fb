import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as main from '../../src/index.js'
import * as node from '../../src/node/index.js'

const CANARY = 'canary-0f3a9c77'
const folder = mkdtempSync(join(tmpdir(), 'lmstudio-entry-'))
const entry = pathToFileURL(join(folder, 'node.js')).href

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('../../', import.meta.url)),
    build: {
      target: 'es2022',
      minify: false,
      outDir: folder,
      emptyOutDir: false,
      lib: { entry: { node: 'src/node/index.ts' }, formats: ['es'] },
      rollupOptions: { external: /^node:/ },
    },
  })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a module in its own process, in `folder`, and returns what it logs as JSON. */
function run(code: string, env: Record<string, string> = {}): unknown {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: folder, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  })
  return JSON.parse(output) as unknown
}

test('exports what the main entry exports, with its own createLMStudio, diagnose and discover, and loadConfig', () => {
  const { createLMStudio, diagnose, discover, ...rest } = main
  expect(node).toMatchObject(rest)
  expect(node.createLMStudio).not.toBe(createLMStudio)
  expect(node.diagnose).not.toBe(diagnose)
  expect(node.discover).not.toBe(discover)
  expect(Object.keys(node).toSorted()).toEqual([...Object.keys(main), 'loadConfig'].toSorted())
})

test('has no side effect on import: reads no file and does not load fetch', () => {
  // Reading this file would throw.
  const file = join(folder, 'lmstudio.config.json')
  writeFileSync(file, 'not JSON')
  const code = `
    const before = Reflect.ownKeys(globalThis).length
    await import(${JSON.stringify(entry)})
    const after = Reflect.ownKeys(globalThis).map(String)
    console.log(JSON.stringify({ added: after.length - before, undici: after.filter((name) => name.includes('undici')) }))`
  expect(run(code, { LMSTUDIO_TIMEOUT: 'soon' })).toEqual({ added: 0, undici: [] })
  rmSync(file)
})

test('a process uses its environment and the file in its working directory', () => {
  const file = join(folder, 'lmstudio.config.toml')
  writeFileSync(file, '# ours\nendpoint = "http://127.0.0.1:4321"\ntimeout_seconds = 9\n')
  const code = `
    import { createLMStudio, loadConfig } from ${JSON.stringify(entry)}
    const { endpoint, timeout, apiToken } = loadConfig()
    console.log(JSON.stringify({ endpoint, timeout, apiToken, used: createLMStudio().endpoint }))`
  const output = run(code, { LMSTUDIO_TIMEOUT: '2.5', LM_API_TOKEN: CANARY }) as { endpoint: { source: string } }
  rmSync(file)
  expect(output).toMatchObject({
    endpoint: { value: 'http://127.0.0.1:4321' },
    timeout: { value: 2500, source: 'LMSTUDIO_TIMEOUT in the environment' },
    apiToken: { value: '[redacted]', source: 'LM_API_TOKEN in the environment' },
    used: 'http://127.0.0.1:4321',
  })
  expect(output.endpoint.source).toMatch(/^endpoint in .*lmstudio\.config\.toml, line 2$/)
})

test('a process finds LM Studio by the settings in the home folder', () => {
  const internal = join(folder, '.lmstudio/.internal')
  mkdirSync(internal, { recursive: true })
  const code = `
    import { writeFileSync } from 'node:fs'
    import { createServer } from 'node:http'
    import { discover } from ${JSON.stringify(entry)}
    const server = createServer((request, response) => response.end('{"lmstudio":true,"models":[]}'))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address()
    writeFileSync(${JSON.stringify(join(internal, 'http-server-config.json'))}, JSON.stringify({ port }))
    const { endpoint, source, isLMStudio } = await discover()
    server.close()
    server.closeIdleConnections()
    console.log(JSON.stringify({ isRight: endpoint === 'http://127.0.0.1:' + port, source, isLMStudio }))`
  expect(run(code, { HOME: folder, USERPROFILE: folder })).toEqual({
    isRight: true,
    isLMStudio: true,
    source: join(internal, 'http-server-config.json'),
  })
})

test('the dispatcher does not keep a process from ending', () => {
  const code = `
    import { createServer } from 'node:http'
    import { createLMStudio } from ${JSON.stringify(entry)}
    const server = createServer((request, response) => response.end('{"data":[{"id":"a"}],"models":[]}'))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const lmstudio = createLMStudio({ endpoint: 'http://127.0.0.1:' + server.address().port })
    const { status } = await lmstudio.healthCheck()
    server.close()
    server.closeIdleConnections()
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
    const active = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name))
    console.log(JSON.stringify({ reached: status !== 'unreachable', active }))`
  expect(run(code)).toEqual({ reached: true, active: [] })
})

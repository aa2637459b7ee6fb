import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readInstallation } from '../../src/node/installation.js'

const SETTINGS = '.lmstudio/.internal/http-server-config.json'

interface User {
  readonly folder: string
  write(name: string, content: string | Uint8Array | object): string
}

function makeUser(): User {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-home-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return {
    folder,
    write(name, content) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      const isRaw = typeof content === 'string' || content instanceof Uint8Array
      writeFileSync(path, isRaw ? content : JSON.stringify(content))
      return path
    },
  }
}

afterEach(() => void vi.restoreAllMocks())

describe('the folder of LM Studio', () => {
  test('is .lmstudio in the home folder', () => {
    const user = makeUser()
    const path = user.write(SETTINGS, { port: 4321, networkInterface: '127.0.0.1', cors: true })
    expect(readInstallation(user.folder)).toEqual({
      isInstalled: true,
      path,
      endpoint: 'http://127.0.0.1:4321',
      cors: true,
      problems: [],
    })
  })

  test('is .cache/lm-studio if that exists', () => {
    const user = makeUser()
    user.write(SETTINGS, { port: 4321 })
    user.write('.cache/lm-studio/.internal/http-server-config.json', { port: 5432 })
    expect(readInstallation(user.folder)).toMatchObject({ endpoint: 'http://127.0.0.1:5432' })
  })

  test('is the folder that the pointer file names, if there is one', () => {
    const user = makeUser()
    user.write('.cache/lm-studio/.internal/http-server-config.json', { port: 5432 })
    user.write('elsewhere/.internal/http-server-config.json', { port: 6543 })
    user.write('.lmstudio-home-pointer', `${join(user.folder, 'elsewhere')}\n`)
    expect(readInstallation(user.folder)).toMatchObject({ endpoint: 'http://127.0.0.1:6543', problems: [] })
  })

  test.each([
    ['relative/path', 'does not contain an absolute path'],
    ['', 'does not contain an absolute path'],
    ['/tmp/two\nlines', 'does not contain an absolute path'],
    ['/tmp/nul\0byte', 'does not contain an absolute path'],
    [`/${'x'.repeat(2_000)}`, 'does not contain an absolute path'],
    [new Uint8Array([0xff, 0xfe, 0x2f]), 'is not UTF-8'],
    ['x'.repeat(70_000), 'the maximum is 65536'],
  ])('is the usual one if the pointer file cannot be used, which is reported (%#)', (content, problem) => {
    const user = makeUser()
    user.write(SETTINGS, { port: 4321 })
    const pointer = user.write('.lmstudio-home-pointer', content)
    const { endpoint, problems } = readInstallation(user.folder)
    expect(endpoint).toBe('http://127.0.0.1:4321')
    expect(problems).toEqual([expect.stringContaining(problem)])
    expect(problems[0]).toContain(pointer)
  })

  test('that does not exist yields no endpoint, and the missing file is reported', () => {
    const user = makeUser()
    const { isInstalled, endpoint, problems } = readInstallation(user.folder)
    expect({ isInstalled, endpoint }).toEqual({ isInstalled: false, endpoint: undefined })
    expect(problems).toEqual([`${join(user.folder, SETTINGS)} cannot be read (ENOENT).`])
  })

  test('can exist without settings, before the first start of the server', () => {
    const user = makeUser()
    user.write('.lmstudio/models/readme.txt', '')
    expect(readInstallation(user.folder)).toMatchObject({
      isInstalled: true,
      problems: [expect.stringContaining('ENOENT')],
    })
  })
})

describe('the settings of the server', () => {
  test.each<[string, string]>([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['::1', '[::1]'],
    ['192.168.1.20', '192.168.1.20'],
    ['fd12::20', '[fd12::20]'],
    ['169.254.169.254', '127.0.0.1'],
    ['8.8.8.8', '127.0.0.1'],
    ['999.1.1.1', '127.0.0.1'],
    ['evil.example.org', '127.0.0.1'],
    ['127.0.0.1@evil.example.org/', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('with the interface %j yield the host %s', (networkInterface, host) => {
    const user = makeUser()
    user.write(SETTINGS, { port: 4321, networkInterface })
    expect(readInstallation(user.folder).endpoint).toBe(`http://${host}:4321`)
  })

  test.each([[{ port: 4321 }], [{ port: 4321, cors: 'no', networkInterface: 5 }]])(
    'without a valid value for CORS leave it undefined: %j',
    (settings) => {
      const user = makeUser()
      user.write(SETTINGS, settings)
      const { cors, endpoint } = readInstallation(user.folder)
      expect({ cors, endpoint }).toEqual({ cors: undefined, endpoint: 'http://127.0.0.1:4321' })
    },
  )

  test('are read after a byte order mark', () => {
    const user = makeUser()
    user.write(SETTINGS, '\uFEFF{ "port": 4321 }')
    expect(readInstallation(user.folder).endpoint).toBe('http://127.0.0.1:4321')
  })

  test.each([
    ['{ "port": 12', 'does not contain a port'],
    ['', 'does not contain a port'],
    ['[1234]', 'does not contain a port'],
    ['null', 'does not contain a port'],
    ['{}', 'does not contain a port'],
    ['{ "port": "1234" }', 'does not contain a port'],
    ['{ "port": 0 }', 'does not contain a port'],
    ['{ "port": 70000 }', 'does not contain a port'],
    ['{ "port": 1234.5 }', 'does not contain a port'],
    [new Uint8Array([0x7b, 0xff]), 'is not UTF-8'],
    [`{ "port": 1234 }${' '.repeat(70_000)}`, 'the maximum is 65536'],
  ])('that cannot be used yield no endpoint and are reported (%#)', (content, problem) => {
    const user = makeUser()
    const path = user.write(SETTINGS, content)
    const { endpoint, problems } = readInstallation(user.folder)
    expect(endpoint).toBeUndefined()
    expect(problems).toEqual([expect.stringContaining(problem)])
    expect(problems[0]).toContain(path)
  })

  test('that are a directory or a broken link are reported', () => {
    const user = makeUser()
    const path = join(user.folder, SETTINGS)
    mkdirSync(path, { recursive: true })
    expect(readInstallation(user.folder).problems).toEqual([`${path} is a directory.`])
    rmSync(path, { recursive: true })
    symlinkSync(join(user.folder, 'nowhere'), path)
    expect(readInstallation(user.folder).problems).toEqual([`${path} cannot be read (ENOENT).`])
  })

  test('that belong to another user are not used, which is reported', () => {
    const user = makeUser()
    const path = user.write(SETTINGS, { port: 4321 })
    vi.spyOn(process, 'getuid').mockReturnValue(4_242_424)
    expect(readInstallation(user.folder)).toEqual({
      isInstalled: true,
      path,
      problems: [`${path} belongs to another user.`],
    })
  })

  test('are used where the platform does not report the user', () => {
    const user = makeUser()
    user.write(SETTINGS, { port: 4321 })
    vi.spyOn(process, 'getuid').mockImplementation(() => {
      throw new Error('Requires sys access to "uid"')
    })
    expect(readInstallation(user.folder).endpoint).toBe('http://127.0.0.1:4321')
  })
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { cli, startCLI } from '../helpers/cli.js'

/** Starts the mock, passes its address to `use`, and stops it with Ctrl+C. */
async function withMock(args: readonly string[], use: (url: string) => Promise<void>): Promise<void> {
  const running = startCLI(['mock', '--port', '0', ...args])
  await running.printed('Stop with Ctrl+C.')
  try {
    await use(/http:\/\/127\.0\.0\.1:\d+/.exec(running.stdout())![0])
  } finally {
    running.interrupt()
  }
  expect((await running.result).code).toBe(0)
}

describe('mock', () => {
  test('serves a mock with CORS off until Ctrl+C', async () => {
    await withMock([], async (url) => {
      const response = await fetch(`${url}/lmstudio-greeting`, { headers: { origin: 'https://page.example' } })

      expect(await response.json()).toEqual({ lmstudio: true })
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    })
  })

  test('turns CORS on with --cors', async () => {
    await withMock(['--cors'], async (url) => {
      expect((await fetch(`${url}/lmstudio-greeting`)).headers.get('access-control-allow-origin')).toBe('*')
    })
  })

  test('requires the token of --api-token', async () => {
    await withMock(['--api-token', 'secret'], async (url) => {
      const models = `${url}/v1/models`

      expect((await fetch(models)).status).toBe(401)
      expect((await fetch(models, { headers: { authorization: 'Bearer secret' } })).status).toBe(200)
    })
  })

  test('plays a fault on every request that it applies to', async () => {
    await withMock(['--fault', 'status-503'], async (url) => {
      for (let attempt = 0; attempt < 3; attempt++) expect((await fetch(`${url}/v1/models`)).status).toBe(503)
    })
  })

  test('reads the parameters of a fault', async () => {
    await withMock(['--fault', 'status-429:retryAfter=7,times=1,path=/v1/models'], async (url) => {
      expect((await fetch(`${url}/lmstudio-greeting`)).status).toBe(200)
      const response = await fetch(`${url}/v1/models`)

      expect(response.status).toBe(429)
      expect(response.headers.get('retry-after')).toBe('7')
      expect((await fetch(`${url}/v1/models`)).status).toBe(200)
    })
  })

  test.each([
    [['--port', '0', '--fault', 'no-such-fault'], 'Unknown fault "no-such-fault"'],
    [['--port', '0', '--fault', 'cut:afterEvents'], 'afterEvents needs a value, as in afterEvents=1.'],
    [['--port', '65536'], '--port must be an integer'],
  ])('rejects %j with 2', async (args, message) => {
    const { code, stderr } = await cli(['mock', ...args])

    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  test('explains a port that is in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await cli(['mock', '--port', String(port)])
    server.close()

    expect(code).toBe(1)
    expect(stderr).toContain(`Port ${port} is in use`)
    expect(stderr).toContain('--port 0')
  })
})

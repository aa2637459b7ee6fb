import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { controlMock } from '../contract/control-mock.js'
import type { MockControl } from '../contract/mock-control.js'
import type { MockLMStudioServer } from '../../src/testing/node-server.js'

/** Lets a page control a mock of this process over HTTP, because the drivers of these browsers have no callbacks. */
export interface ControlServer extends AsyncDisposable {
  readonly url: string
  /** Selects the mock that the page controls. */
  setMock(mock: MockLMStudioServer): void
}

export async function startControl(): Promise<ControlServer> {
  let control: MockControl | undefined
  const server = createServer((request, response) => {
    const respond = (result: object): void => {
      response.setHeader('access-control-allow-origin', '*')
      response.end(JSON.stringify(result))
    }
    const handle = async (): Promise<void> => {
      let text = ''
      for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
      const [method, ...rest] = JSON.parse(text) as [keyof MockControl, ...never[]]
      const value = await (control?.[method] as (...rest: never[]) => Promise<unknown>)(...rest)
      respond({ value })
    }
    handle().catch((error: unknown) => respond({ error: String(error) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setMock: (mock) => void (control = controlMock(mock)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

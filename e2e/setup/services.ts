import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { closedPort } from '../../test/helpers/closed-port.js'
import { startMockLMStudio } from '../../src/testing/node-server.js'
import { createCertificate } from './certificate.js'

/** What a page can find at an address, named as in the table of docs/browser-access.md. */
export const SERVICES = [
  'LM Studio',
  'LM Studio without CORS',
  'LM Studio wants a token',
  'nothing',
  'another service',
  'another service without CORS',
  'a web page',
  'a web page without CORS',
  'silence',
  'plain http behind https://',
  'a certificate nobody trusts',
] as const
export type Service = (typeof SERVICES)[number]

/** One running instance of each service, on 127.0.0.1. */
export interface Services extends AsyncDisposable {
  readonly ports: readonly number[]
  readonly at: Readonly<Record<Service, { readonly scheme: string; readonly port: number }>>
}

const OPEN = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

const json =
  (headers: Record<string, string>): RequestListener =>
  (request, response) => {
    const isPreflight = request.method === 'OPTIONS'
    response.writeHead(isPreflight ? 204 : 404, { ...headers, 'content-type': 'application/json' })
    response.end(isPreflight ? undefined : '{"detail":"Not Found"}')
  }

const html =
  (headers: Record<string, string>): RequestListener =>
  (_, response) => {
    response.writeHead(200, { ...headers, 'content-type': 'text/html' }).end('<!doctype html><title>Hello</title>')
  }

export async function startServices(): Promise<Services> {
  const open = await startMockLMStudio()
  const shut = await startMockLMStudio({ cors: false })
  const locked = await startMockLMStudio({ auth: true })
  const servers: Server[] = []
  const listen = async (server: Server): Promise<number> => {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const http = (port: number) => ({ scheme: 'http', port })
  const https = (port: number) => ({ scheme: 'https', port })
  const at: Services['at'] = {
    'LM Studio': http(open.port),
    'LM Studio without CORS': http(shut.port),
    'LM Studio wants a token': http(locked.port),
    nothing: http(await closedPort()),
    'another service': http(await listen(createServer(json(OPEN)))),
    'another service without CORS': http(await listen(createServer(json({})))),
    'a web page': http(await listen(createServer(html(OPEN)))),
    'a web page without CORS': http(await listen(createServer(html({})))),
    silence: http(await listen(createServer(() => {}))),
    'plain http behind https://': https(open.port),
    'a certificate nobody trusts': https(await listen(createSecureServer(createCertificate('localhost'), json(OPEN)))),
  }
  return {
    at,
    ports: Object.values(at).map(({ port }) => port),
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
      await Promise.all([open.close(), shut.close(), locked.close()])
    },
  }
}

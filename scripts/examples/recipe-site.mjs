// @ts-check
// Serves the built pages of the recipes, and `POST /api/chat` for those that call their own server.
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { library } from './library.mjs'

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/**
 * @param {string} folder
 * @param {string} endpoint
 * @returns {Promise<import('./app.mjs').App>}
 */
export async function serveRecipes(folder, endpoint) {
  const lmstudio = library.createLMStudio({ endpoint })

  /** @param {import('node:http').IncomingMessage} request */
  async function respond(request) {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/api/chat') {
      const { prompt } = JSON.parse(Buffer.concat(await request.toArray()).toString())
      return lmstudio.stream({ prompt }).toResponse()
    }
    const path = join(folder, pathname)
    if (!existsSync(path)) return new Response('Not found', { status: 404 })
    return new Response(readFileSync(path), { headers: { 'content-type': TYPES[extname(path)] ?? 'text/plain' } })
  }

  const server = createServer(async (request, response) => {
    const { status, headers, body } = await respond(request)
    response.writeHead(status, Object.fromEntries(headers))
    const stream = Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (body))
    // A client that leaves cancels the body.
    await pipeline(stream, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, resolve } from 'node:path'
import type { Certificate } from './certificate.js'
import { fromRoot, PLAYGROUND } from './paths.js'

/** The web server of the test pages. */
export interface Site extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
}

/** The first matching prefix decides. */
type Folders = readonly (readonly [prefix: string, folder: string])[]

const FOLDERS: Folders = [
  ['/package/', 'e2e/dist/package/dist'],
  ['/contract/', 'e2e/dist/contract'],
  ['/use-chat/', 'e2e/dist/use-chat'],
  ['/pages/', 'e2e/pages'],
  ['/examples/', 'playground/examples'],
  ['/some/folder/', PLAYGROUND],
  ['/', PLAYGROUND],
]

const POLICY_HEADERS = ['content-security-policy', 'content-security-policy-report-only'] as const

const CDN = 'https://cdn.jsdelivr.net/npm/lmstudio-provider/dist/lmstudio-provider.min.js'

function find(path: string, folders: Folders): string {
  const [prefix, folder] = folders.find(([start]) => path.startsWith(start))!
  const inside = normalize(`/${path.slice(prefix.length) || 'index.html'}`)
  return join(resolve(fromRoot(''), folder), inside)
}

/** Serves the playground, the package and the examples from one port of 127.0.0.1; with a certificate over https. */
export async function startSite(certificate?: Certificate, folders = FOLDERS): Promise<Site> {
  const serve: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site')
    const file = find(pathname, folders)
    // The address of a page chooses its policy.
    for (const name of POLICY_HEADERS) {
      const policy = searchParams.get(name)
      if (policy !== null) response.setHeader(name, policy)
    }
    const meta = `<head><meta http-equiv="content-security-policy" content="${searchParams.get('meta') ?? ''}" />`
    readFile(file).then(
      (bytes) => {
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
        response.setHeader('cache-control', 'no-store')
        // Sandboxed pages load modules with CORS.
        response.setHeader('access-control-allow-origin', '*')
        // The examples load the package from a CDN, where it is not published yet.
        response.end(
          extname(file) === '.html'
            ? bytes
                .toString()
                .replace(CDN, '/package/lmstudio-provider.min.js')
                .replace('<head>', searchParams.has('meta') ? meta : '<head>')
            : bytes,
        )
      },
      () => response.writeHead(404).end(),
    )
  }
  const server = certificate === undefined ? createServer(serve) : createSecureServer(certificate, serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

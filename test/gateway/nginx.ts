import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createCertificate } from '../../e2e/setup/certificate.js'
import { closedPort } from '../helpers/closed-port.js'
import { configurationOf, isInstalled } from './configuration.js'

const run = promisify(execFile)
const program = process.env['NGINX_PATH'] || 'nginx'

/** Whether nginx is installed. */
export const hasNginx: boolean = isInstalled(program)

export interface Gateway extends AsyncDisposable {
  readonly url: string
  /** The self-signed certificate. */
  readonly certificate: string
}

/** Starts nginx with the configuration of the guide; every text that is replaced must occur in it. */
export async function startNginx(
  upstream: number,
  replacements: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-gateway-'))
  const port = await closedPort()
  const { key, cert } = createCertificate('localhost')
  const places = {
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    'server 127.0.0.1:1234': `server 127.0.0.1:${upstream}`,
    'server_name gateway.lan': 'server_name localhost',
    '/etc/nginx/tls/gateway.lan.crt': join(folder, 'gateway.crt'),
    '/etc/nginx/tls/gateway.lan.key': join(folder, 'gateway.key'),
    ...replacements,
  }
  const site = configurationOf('gateway.md', 'lmstudio.conf', places)
  writeFileSync(join(folder, 'gateway.crt'), cert)
  writeFileSync(join(folder, 'gateway.key'), key)
  const { stop } = await runNginx(folder, site)
  return {
    url: `https://localhost:${port}`,
    certificate: cert,
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An nginx that runs in a folder. */
export interface Nginx {
  readonly stop: () => Promise<unknown>
  /** Replaces the configuration; requests in progress end with the old one. */
  readonly reload: (site: string) => Promise<unknown>
}

/** Starts nginx with the configuration of a site. */
export async function runNginx(folder: string, site: string): Promise<Nginx> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  writeFileSync(join(folder, 'site.conf'), site)
  writeFileSync(
    join(folder, 'nginx.conf'),
    [
      // By default the workers run as another user, who cannot read this folder.
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      'worker_processes 1;',
      'pid nginx.pid;',
      'events {}',
      `http { access_log off; ${temporary.join(' ')} include site.conf; }`,
    ].join('\n'),
  )
  const nginx = ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log']
  // Returns once the ports are open; nginx runs in the background until `-s stop`.
  await run(program, nginx)
  return {
    stop: () => run(program, [...nginx, '-s', 'stop']),
    reload(changed) {
      writeFileSync(join(folder, 'site.conf'), changed)
      return run(program, [...nginx, '-s', 'reload'])
    },
  }
}

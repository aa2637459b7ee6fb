import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const here = (path: string): string => new URL(path, import.meta.url).pathname

/** Emits `service-worker.js` with the list of built files. */
export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const built = Object.keys(bundle).filter((file) => file !== 'index.html' && !file.endsWith('.map'))
        const files = [...built, ...readdirSync(here('public'))].map((file) => `./${file}`).sort()
        const hash = createHash('sha256')
        for (const output of Object.values(bundle)) hash.update('code' in output ? output.code : output.source)
        for (const file of readdirSync(here('public'))) hash.update(readFileSync(here(`public/${file}`)))
        const source = readFileSync(here('service-worker.js'), 'utf8')
          .replace('__FILES__', JSON.stringify(files))
          .replace('`playground-${__VERSION__}`', JSON.stringify(`playground-${hash.digest('hex').slice(0, 12)}`))
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source })
      },
    },
  }
}

// @ts-check
// Writes the public API of each entry to api/, from the declarations in dist/. `npm run check:package` compares.
//   npm run build && npm run api
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from './lib/install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'api')
await install(join(root, 'test/package'))
const { apiReports } = await import('./lib/api-report.mjs')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
for (const [name, text] of apiReports(root)) writeFileSync(join(folder, name), text)

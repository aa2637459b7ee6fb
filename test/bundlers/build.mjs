import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { read } from '../../scripts/lib/run.mjs'

const own = fileURLToPath(new URL('.', import.meta.url))
const modules = join(own, 'node_modules')

/**
 * A bundler builds the page `entry` of a folder into `out` and returns what it printed or reported as a warning.
 * @typedef {(page: { folder: string, entry: string, out: string }) => Promise<string>} Build
 */

/** @type {Record<string, Build>} */
export const bundlers = {
  async vite({ folder, out }) {
    // Rolldown warns of plugins that take long, which is a matter of the machine.
    const settings = { build: { rolldownOptions: { checks: { pluginTimings: false } } } }
    writeFileSync(join(folder, 'vite.config.js'), `export default ${JSON.stringify(settings)}\n`)
    const options = ['--outDir', out, '--sourcemap', '--logLevel', 'warn', '--base', './', '--emptyOutDir']
    return command(join(own, '../../node_modules/vite/bin/vite.js'), ['build', folder, ...options], folder)
  },

  async webpack({ folder, entry, out }) {
    const { default: webpack } = await import('webpack')
    const compiler = webpack({
      mode: 'production',
      context: folder,
      entry,
      output: { path: out, filename: 'page.js' },
      devtool: 'source-map',
      // The bundle is larger than the size from which webpack recommends to split it.
      performance: false,
    })
    /** @type {import('webpack').StatsCompilation} */
    const { errors = [], warnings = [] } = await new Promise((resolve, reject) =>
      compiler.run((error, stats) => (stats ? resolve(stats.toJson()) : reject(error))),
    )
    writePage(out)
    return [...errors, ...warnings].map(({ message }) => message).join('\n')
  },

  async rollup({ entry, out }) {
    const { rollup } = await import('rollup')
    const { default: nodeResolve } = await import('@rollup/plugin-node-resolve')
    /** @type {string[]} */
    const warnings = []
    const onwarn = (/** @type {{ message: string }} */ { message }) => void warnings.push(message)
    const bundle = await rollup({ input: entry, onwarn, plugins: [nodeResolve({ browser: true })] })
    await bundle.write({ dir: out, entryFileNames: 'page.js', sourcemap: true })
    writePage(out)
    return warnings.join('\n')
  },

  async esbuild({ entry, out }) {
    const { build } = await import('esbuild')
    const { warnings } = await build({
      entryPoints: { page: entry },
      outdir: out,
      bundle: true,
      minify: true,
      sourcemap: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    })
    writePage(out)
    return warnings.map(({ text }) => text).join('\n')
  },

  async parcel({ folder, out }) {
    const options = ['--no-cache', '--no-autoinstall', '--public-url', './', '--log-level', 'warn', '--dist-dir', out]
    const printed = await command(join(modules, 'parcel/lib/bin.js'), ['build', 'index.html', ...options], folder)
    return printed
  },

  async next({ folder, entry, out }) {
    const app = join(folder, 'app')
    cpSync(join(own, 'apps/next'), app, { recursive: true })
    cpSync(entry, join(app, 'entry.js'))
    const settings = { output: 'export', productionBrowserSourceMaps: true, turbopack: { root: own } }
    writeFileSync(join(folder, 'next.config.mjs'), `export default ${JSON.stringify(settings)}\n`)
    const printed = await command(join(modules, 'next/dist/bin/next'), ['build'], folder)
    cpSync(join(folder, 'out'), out, { recursive: true })
    // Next.js has no quiet mode, so its warnings are picked out.
    return printed
      .split('\n')
      .filter((line) => /warn|⚠|deprecat/i.test(line))
      .join('\n')
  },

  async bun({ folder, entry, out }) {
    const options = ['--target', 'browser', '--minify', '--sourcemap=external', '--entry-naming', 'page.js']
    const printed = await read(binaryIn('@oven', 'bin/bun'), ['build', entry, '--outdir', out, ...options], {
      cwd: folder,
    })
    writePage(out)
    return printed
      .split('\n')
      .filter((line) => /warn|error/i.test(line))
      .join('\n')
  },
}

/**
 * Finds the binary of a runtime that test/runtime installs for this platform.
 * @param {string} scope
 * @param {string} path
 */
export function binaryIn(scope, path) {
  const folder = join(own, '../runtime/node_modules', scope)
  const found = readdirSync(folder).map((name) => join(folder, name, path))
  const binary = found.find((candidate) => existsSync(candidate))
  if (!binary) throw new Error(`${scope} is not installed for this platform`)
  return binary
}

/**
 * Makes a folder with a page for a bundler, and builds it.
 * @param {string} name the name of the bundler
 * @param {string} page `app` or `empty`
 * @param {string} work
 */
export async function buildPage(name, page, work) {
  const folder = join(work, name, page)
  const out = join(work, 'out', name, page)
  for (const path of [folder, out]) rmSync(path, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const entry = join(folder, 'page.js')
  cpSync(join(own, 'apps', `${page}.js`), entry)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  writePage(folder)
  const warnings = await /** @type {Build} */ (bundlers[name])({ folder, entry, out })
  return { out, warnings: warnings.trim() }
}

/**
 * The packages whose code a build contains according to its source maps, and the Node modules that it imports.
 * @param {string} out
 */
export function contentsOf(out) {
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).map((path) => join(out, path))
  const maps = files.filter((path) => path.endsWith('.js.map'))
  if (maps.length === 0) throw new Error(`${out} has no source map`)
  const sources = maps.flatMap((path) => sourcesOf(JSON.parse(readFileSync(path, 'utf8'))))
  // The maps of dist/ name the packages that are bundled there below the folder of the package.
  const packages = sources.map((source) => /^.*?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? '')
  const scripts = files.filter((path) => /\.m?js$/.test(path)).map((path) => readFileSync(path, 'utf8'))
  const builtins = scripts.flatMap((text) => [
    ...text.matchAll(
      /(?:from|import|require)\s*\(?\s*["'`]((?:node:)?(?:assert|buffer|crypto|events|fs|http|https|net|os|path|process|stream|tls|url|util|zlib)(?:\/\w+)?)["'`]/g,
    ),
  ])
  return new Set([...packages, ...builtins.map(([, module = '']) => module)].filter((found) => found !== ''))
}

/**
 * @param {{ sources?: string[], sections?: { map: { sources: string[] } }[] }} map
 * @returns {string[]}
 */
function sourcesOf({ sources = [], sections = [] }) {
  return [...sources, ...sections.flatMap(({ map }) => map.sources)]
}

/** @param {string} folder */
function writePage(folder) {
  mkdirSync(folder, { recursive: true })
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Page</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <script type="module" src="./page.js"></script>
  </body>
</html>
`
  writeFileSync(join(folder, 'index.html'), html)
}

/**
 * Runs a command line tool of Node and resolves to everything it printed.
 * @param {string} script
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function command(script, args, cwd) {
  const quiet = { ...env, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', CI: 'true' }
  const both = `"$0" "$@" 2>&1`
  return read('sh', ['-c', both, execPath, script, ...args], {
    cwd,
    env: { ...quiet, PATH: `${dirname(execPath)}:${env.PATH}` },
  })
}

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { read } from '../../scripts/lib/run.mjs'

const own = fileURLToPath(new URL('.', import.meta.url))
const root = join(own, '../..')

const versions = {
  5.4: join(own, 'node_modules/typescript-5.4/bin/tsc'),
  5.9: join(own, 'node_modules/typescript-5.9/bin/tsc'),
  7: join(root, 'node_modules/typescript/bin/tsc'),
}

const strict = { strict: true, skipLibCheck: false, target: 'es2022', outDir: 'out' }
const forNode = { lib: ['es2022'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }
const forPages = { lib: ['es2022', 'dom', 'dom.iterable'], types: [] }

/**
 * The settings of the compiler, with the file that is compiled and, per version, what is expected: TS1479 says that a
 * CommonJS file cannot import a module, and TS5108 that an option no longer exists.
 * @type {Record<string, { options: Record<string, unknown>, file: string, expected: Record<keyof typeof versions, string> }>}
 */
const settings = {
  bundler: {
    options: { module: 'esnext', moduleResolution: 'bundler', ...forPages },
    file: 'consumer-browser.ts',
    expected: { 5.4: 'ok', 5.9: 'ok', 7: 'ok' },
  },
  node16: {
    options: { module: 'node16', ...forNode },
    file: 'consumer-node.ts',
    expected: { 5.4: 'ok', 5.9: 'ok', 7: 'ok' },
  },
  nodenext: {
    options: { module: 'nodenext', ...forNode },
    file: 'consumer-node.ts',
    expected: { 5.4: 'ok', 5.9: 'ok', 7: 'ok' },
  },
  node10: {
    options: { module: 'esnext', moduleResolution: 'node10', ...forNode },
    file: 'consumer-node.ts',
    expected: { 5.4: 'ok', 5.9: 'ok', 7: 'TS5108' },
  },
  CommonJS: {
    options: { module: 'commonjs', ...forNode },
    file: 'consumer-require.cts',
    expected: { 5.4: 'ok', 5.9: 'ok', 7: 'ok' },
  },
  'CommonJS, node10': {
    options: { module: 'commonjs', moduleResolution: 'node10', ...forNode },
    file: 'consumer-require.cts',
    expected: { 5.4: 'ok', 5.9: 'ok', 7: 'TS5108' },
  },
  'CommonJS, node16': {
    options: { module: 'node16', ...forNode },
    file: 'consumer-require.cts',
    expected: { 5.4: 'TS1479', 5.9: 'TS1479', 7: 'TS1479' },
  },
  'CommonJS, nodenext': {
    options: { module: 'nodenext', ...forNode },
    file: 'consumer-require.cts',
    expected: { 5.4: 'TS1479', 5.9: 'ok', 7: 'ok' },
  },
}

/**
 * Compiles the consumers of test/package in every setting and version, and runs what was emitted.
 * @param {string} work
 * @param {(name: string, problem: string | undefined) => void} report
 */
export async function tryTypeScript(work, report) {
  for (const [title, { options, file, expected }] of Object.entries(settings)) {
    for (const [version, tsc] of Object.entries(versions)) {
      const folder = join(work, 'typescript', `${title} ${version}`.replaceAll(/\W+/g, '-'))
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
      cpSync(join(root, 'test/package', file), join(folder, file))
      const found = await compile(tsc, { compilerOptions: { ...strict, ...options }, files: [file] }, folder)
      const due = expected[/** @type {keyof typeof versions} */ (/** @type {unknown} */ (version))]
      const emitted = file.replace(/ts$/, 'js')
      const ran = found === 'ok' ? await run(emitted, join(folder, 'out')) : undefined
      report(`TypeScript ${version}, ${title}: ${due}`, found === due ? ran : `${found} instead`)
    }
  }
}

/**
 * Returns `ok` or the code of the first error.
 * @param {string} tsc
 * @param {object} config
 * @param {string} cwd
 */
async function compile(tsc, config, cwd) {
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify(config))
  try {
    await read(execPath, [tsc], { cwd })
    return 'ok'
  } catch (error) {
    return /error (TS\d+)/.exec(String(error))?.[1] ?? String(error)
  }
}

/**
 * @param {string} file
 * @param {string} cwd
 */
async function run(file, cwd) {
  try {
    await read(execPath, [file], { cwd })
    return undefined
  } catch (error) {
    return String(error)
  }
}

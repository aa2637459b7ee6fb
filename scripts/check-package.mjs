// @ts-check
// Looks at the package as its user will: packed, installed in an empty folder, imported and type-checked there.
// Expects dist/ as `npm run build` leaves it.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkLinks } from './check-package/links.mjs'
import { checkJSR, checkManifest } from './check-package/manifest.mjs'
import { checkNoEval } from './check-package/no-eval.mjs'
import { runQuickStart } from './check-package/quick-start.mjs'
import { checkSingleExports } from './check-package/single-exports.mjs'
import { checkSingleFiles } from './check-package/single-files.mjs'
import { install } from './lib/install.mjs'
import { read, run } from './lib/run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const own = join(root, 'test/package')
const binary = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { bin, version, name } = manifest

checkManifest(root, manifest)
checkJSR(JSON.parse(readFileSync(join(root, 'jsr.json'), 'utf8')), manifest)
await must('publint', binary('publint'), ['--strict', root])
await install(own)
const { checkAPI } = await import('./check-package/api.mjs')
checkAPI(root)

const consumer = mkdtempSync(join(tmpdir(), 'lmstudio-provider-consumer-'))
try {
  await checkPacked()
} finally {
  rmSync(consumer, { recursive: true, force: true })
}

async function checkPacked() {
  const installed = await packAndInstall()
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'dist/THIRD-PARTY-NOTICES.txt']) {
    if (!existsSync(join(installed, file))) throw new Error(`the package ships without ${file}`)
  }
  checkLinks(installed)
  checkNoEval(installed)
  await checkSingleFiles(installed)
  await checkSingleExports(consumer, own)
  const quickStart = await runQuickStart(consumer, installed)
  const files = ['consumer-ai-sdk.ts', 'consumer-browser.ts', 'consumer-node.ts', 'consumer-require.cts']
  for (const file of [...files, 'no-side-effect.mjs']) cpSync(join(own, file), join(consumer, file))
  await compileConsumers(quickStart)
  await must('the CommonJS script, run', process.execPath, ['out/consumer-require.cjs'], consumer)
  await checkOldRequire()
  await compileWithPeer()
  await must('the model for the AI SDK, run', process.execPath, ['out/consumer-ai-sdk.js'], consumer)
  await must('the page, run', process.execPath, ['out/consumer-browser.js'], consumer)
  await must('the script, run', process.execPath, ['out/consumer-node.js'], consumer)
  await must('imports without side effect', process.execPath, ['no-side-effect.mjs'], consumer)
  await checkCommand(installed)
  await must('version', process.execPath, ['--input-type=module', '-e', versionProbe()], consumer)
}

/** Packs the package and installs it in the consumer. Resolves to the folder of the installed package. */
async function packAndInstall() {
  const packed = await read('npm', ['pack', '--json', '--pack-destination', consumer], { cwd: root })
  const [{ filename, entryCount, size, unpackedSize }] = /** @type {[any]} */ (Object.values(JSON.parse(packed)))
  console.log(`packed: ${filename}, ${entryCount} files, ${kB(size)} kB, ${kB(unpackedSize)} kB unpacked`)
  // The package has only modules: Node's `require` loads them, and TypeScript 5.8 and later knows that.
  const rules = ['--profile', 'strict', '--ignore-rules', 'cjs-resolves-to-esm']
  const untyped = ['--exclude-entrypoints', 'lmstudio-provider.iife.js', 'integrity.json']
  const tarball = ['--format', 'ascii', '--', join(consumer, filename)]
  await must('are the types wrong', join(own, 'node_modules/.bin/attw'), [...rules, ...untyped, ...tarball])

  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const offline = ['--offline', '--no-audit', '--no-fund', '--no-package-lock']
  await read('npm', ['install', ...offline, join(consumer, filename)], { cwd: consumer })
  return join(consumer, 'node_modules', name)
}

/**
 * The quick part of the matrix in test/bundlers (npm run bundlers).
 * @param {string} quickStart the file with the code of the README
 */
async function compileConsumers(quickStart) {
  const { current, oldest, strict, node } = compilerSettings()
  const page = ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable']
  for (const { title, tsc } of [current, oldest]) {
    await must(`${title}, bundler`, tsc, [...strict, ...page, 'consumer-browser.ts'], consumer)
    await must(`${title}, README`, tsc, [...strict, ...node, quickStart], consumer)
    await must(`${title}, nodenext`, tsc, [...strict, ...node, 'consumer-node.ts'], consumer)
  }
  const old = ['--module', 'commonjs', '--moduleResolution', 'node10', ...node.slice(2)]
  await must(`${oldest.title}, node10`, oldest.tsc, [...strict, ...old, 'consumer-require.cts'], consumer)
  await must(`${current.title}, require`, current.tsc, [...strict, ...node, 'consumer-require.cts'], consumer)
}

/** Compiles what needs the optional peer, which must not be installed for the other consumers. */
async function compileWithPeer() {
  installPeer('@ai-sdk/provider')
  const { current, oldest, strict, node } = compilerSettings()
  // The declarations of the peer import types that it does not install.
  const lax = strict.map((flag) => (flag === 'false' ? 'true' : flag))
  for (const { title, tsc } of [current, oldest]) {
    await must(`${title}, AI SDK`, tsc, [...lax, ...node, 'consumer-ai-sdk.ts'], consumer)
  }
}

function compilerSettings() {
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  return {
    current: { title: 'current TypeScript', tsc: binary('tsc') },
    oldest: { title: 'oldest TypeScript', tsc: join(own, 'node_modules/typescript-oldest/bin/tsc') },
    strict: ['--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--outDir', 'out'],
    node: ['--module', 'nodenext', '--lib', 'es2022', ...types],
  }
}

/**
 * The command, as `npx` finds it: through the link that npm makes in the consumer.
 * @param {string} installed
 */
async function checkCommand(installed) {
  const command = join(consumer, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name)
  const found = (await read(command, ['--version'], { cwd: consumer })).trim()
  if (found !== version) throw new Error(`${command} --version prints ${found}`)
  if (readFileSync(join(installed, bin[name]), 'utf8').includes('\r')) throw new Error(`${bin[name]} has CR line ends`)
  await must('npx', 'npx', ['--offline', '--no-install', name, 'doctor', '--help'], consumer)
}

/**
 * Gives the consumer a package that the entries leave to the application.
 * @param {string} peer
 */
function installPeer(peer) {
  const target = join(consumer, 'node_modules', peer)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(root, 'node_modules', peer), target, 'dir')
}

/** Versions of Node whose `require` does not load modules say so, as docs/package.md states. */
async function checkOldRequire() {
  const args = ['--no-experimental-require-module', 'out/consumer-require.cjs']
  const outcome = await read(process.execPath, args, { cwd: consumer }).then(() => 'no error', String)
  if (!/ERR_REQUIRE_ESM/.test(outcome)) throw new Error(`require in an old Node ends with ${outcome}`)
  console.log('the CommonJS script in an old Node, ERR_REQUIRE_ESM: ok')
}

/** The subpath that tools read, from inside the consumer. */
function versionProbe() {
  return `import { createRequire } from 'node:module'
    const found = createRequire(process.cwd() + '/x.js')('${name}/package.json').version
    if (found !== '${version}') throw new Error(found)`
}

/**
 * @param {string} title
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
async function must(title, command, args, cwd = root) {
  const code = await run(command, args, { cwd })
  if (code !== 0) throw new Error(`${title}: failed`)
  console.log(`${title}: ok`)
}

/** @param {number} bytes */
function kB(bytes) {
  return (bytes / 1000).toFixed(1)
}

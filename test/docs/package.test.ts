import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const json = (path: string) => JSON.parse(read(path))
const page = read('docs/package.md')

/** The second cell of a row of the tables in docs/package.md. */
const cell = (name: string): string => new RegExp(String.raw`^\| ${name} \| (.*) \|$`, 'm').exec(page)![1]!

const installed = (lock: string, name: string): string =>
  json(`${lock}package-lock.json`).packages[`node_modules/${name}`].version

it('lists the versions of the bundlers that are tried', () => {
  const bundlers = {
    webpack: 'webpack',
    Rollup: 'rollup',
    esbuild: 'esbuild',
    Parcel: 'parcel',
    'Next.js with Turbopack': 'next',
  }
  for (const [title, name] of Object.entries(bundlers)) expect(cell(title)).toBe(installed('test/bundlers/', name))
  expect(cell('Vite')).toBe(installed('', 'vite'))
  expect(cell('Bun')).toBe(installed('test/runtime/', 'bun'))
})

it('lists the versions of TypeScript that compile the package', () => {
  const oldest = installed('test/bundlers/', 'typescript-5.4')
  expect(installed('test/package/', 'typescript-oldest')).toBe(oldest)
  const versions = [oldest, installed('test/bundlers/', 'typescript-5.9'), installed('', 'typescript')]
  expect(cell('TypeScript')).toBe(versions.join(', '))
})

it('lists the runtimes that are tested, and the oldest Node of package.json', () => {
  const runtimes = ['deno', 'bun', 'workerd'].map((name) => installed('test/runtime/', name))
  expect(cell('Deno, Bun, workerd')).toBe(runtimes.join(', '))
  const [, ci] = /node-version: (\S+)/.exec(read('.github/workflows/ci.yml'))!
  const [node22, node24] = [22, 24].map((major) => installed('test/runtime/', `node-${major}-linux-x64`))
  const oldest = json('package.json').engines.node.replace('>=', '')
  expect(cell('Node')).toBe(`${ci}, ${node22}, ${node24}; ${oldest} is the oldest that the package supports`)
})

it('covers the versions of LM Studio of the reference', () => {
  const [, versions] = /covers LM Studio (\S+ to \S+)\. /.exec(read('docs/http-api.md'))!
  expect(cell('LM Studio')).toContain(`${versions}, played by the mock`)
})

it('lists every entry', () => {
  const names = [...page.split('## Supported')[0]!.matchAll(/`(?:lmstudio-provider)?(\/[\w./-]+)`/g)].map(
    ([, name]) => `.${name}`,
  )
  const subpaths = Object.keys(json('package.json').exports).filter((name) => name !== '.' && name !== './package.json')
  expect(names.filter((name) => name !== './dist/').toSorted()).toEqual(subpaths.toSorted())
})

it('lists the oldest browsers by the newest edition of the language that the code may use', () => {
  // Chrome 110, Firefox 115 and Safari 16 brought the last part of ES2023 in browsers, `Array.prototype.toReversed`.
  const { lib } = json('tsconfig.base.json').compilerOptions
  expect(lib.filter((name: string) => name.startsWith('ES'))).toEqual(['ES2023'])
  expect(cell('Chrome, Edge')).toContain('110 is the oldest that has ES2023')
  expect(cell('Firefox, Safari')).toContain('Firefox 115 and Safari 16 are the oldest that have ES2023')
})

import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'

const FIRST_LOAD = 150_000

let output: Rolldown.RolldownOutput['output']

const find = (name: string) => output.find(({ fileName }) => fileName === name)!
const textOf = (file: Rolldown.OutputAsset | Rolldown.OutputChunk): string =>
  file.type === 'chunk' ? file.code : String(file.source)

/** Returns a file and everything loaded with it, including styles. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  const file = find(name)
  if (seen.has(name)) return seen
  seen.add(name)
  if (file.type !== 'chunk') return seen
  const { importedCss = [] } = (file as { viteMetadata?: { importedCss?: Iterable<string> } }).viteMetadata ?? {}
  for (const css of importedCss) seen.add(css)
  for (const other of file.imports) withImports(other, seen)
  return seen
}

beforeAll(async () => {
  const configFile = new URL('../../playground/vite.config.ts', import.meta.url).pathname
  const built = await build({ configFile, logLevel: 'silent', build: { write: false } })
  output = (built as Rolldown.RolldownOutput).output
}, 60_000)

describe('the built playground', () => {
  test('loads less than 150 kB (gzipped) for its first view', () => {
    const entry = output.find((file) => file.type === 'chunk' && file.isEntry)!
    const connect = output.find((file) => file.type === 'chunk' && file.facadeModuleId?.includes('views/connect'))!
    const html = find('index.html')
    const styles = [...textOf(html).matchAll(/href="\.\/(assets\/[^"]+\.css)"/g)].map(([, file]) => file!)
    const files = new Set([...withImports(entry.fileName), ...withImports(connect.fileName), ...styles, 'index.html'])
    const sizes = [...files].map((name) => gzipSync(textOf(find(name))).length)
    expect(files.size).toBeGreaterThan(3)
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(FIRST_LOAD)
  })

  test('contains no inline script or style and a policy that forbids them', () => {
    const html = textOf(find('index.html'))
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
    expect(html).not.toMatch(/<style|\bstyle=|\bon\w+=/)
    expect(html).not.toMatch(/(?:src|href)="(?!\.\/)/)
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1]
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toContain('unsafe')
  })

  test('caches all of its files for offline use and nothing else', () => {
    const worker = textOf(find('service-worker.js'))
    const listed = JSON.parse(/const FILES = new Set\((\[.*?\])/s.exec(worker)![1]!) as string[]
    const built = output
      .map(({ fileName }) => fileName)
      .filter((name) => name !== 'index.html' && name !== 'service-worker.js')
    for (const name of built) expect(listed).toContain(`./${name}`)
    // The files that are copied as they are.
    for (const name of ['./icon.svg', './theme.js', './sandbox.html']) expect(listed).toContain(name)
    expect(listed.length).toBe(built.length + 3)
    expect(worker).not.toMatch(/__[A-Z]+__/)
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../src/', import.meta.url))

/**
 * The layers of `src/`, lowest first: a file imports from its own folder and from lower layers, types included.
 * Folders that share a layer do not import each other.
 */
const layers: readonly (readonly string[])[] = [
  ['types.ts'],
  ['utils'],
  ['errors'],
  ['validation'],
  ['config', 'json-schema'],
  ['browser', 'cache'],
  ['http'],
  ['streaming'],
  ['models'],
  ['generation'],
  ['completions', 'responses', 'native-chat', 'embeddings', 'diagnostics'],
  ['decisions'],
  ['provider.ts'],
  ['tools', 'structured-output'],
  ['assemble.ts'],
  ['create-lmstudio.ts'],
  ['index.ts'],
  ['core.ts'],
  ['ai-sdk', 'node', 'testing'],
  ['cli'],
]

/** The packages that may be imported, each with the files that may import it. */
const packages = new Map<string, (path: string) => boolean>([
  ['ofetch', (path) => path.startsWith('http/')],
  ['idb-keyval', (path) => path.startsWith('cache/')],
  ['valibot', (path) => !/^(types\.ts|errors|utils|testing|index\.ts|core\.ts)/.test(path)],
  ['@ai-sdk/provider', (path) => path.startsWith('ai-sdk/')],
  ['smol-toml', (path) => path.startsWith('node/')],
  ['@valibot/to-json-schema', (path) => path.startsWith('json-schema/')],
])

/**
 * The files that use the snake_case names of the wire: the `request.ts`, `response.ts` and `stream.ts` of a feature, and
 * these files, most of which several features share.
 */
const wireFiles = new Set([
  'completions/complete-text.ts',
  'embeddings/embed-batch.ts',
  'generation/completion-accumulator.ts',
  'generation/finish-reason.ts',
  'generation/logprobs.ts',
  'generation/sampling.ts',
  'generation/server-figures.ts',
  'generation/stats.ts',
  'generation/tool-call-accumulator.ts',
  'generation/usage-option.ts',
  'generation/usage.ts',
  'http/error-body.ts',
  'http/scrub.ts',
  'http/unwrap-error.ts',
  'models/download-response.ts',
  'models/load-config.ts',
  'models/load-response.ts',
  'native-chat/events.ts',
  'native-chat/output.ts',
  'responses/response-accumulator.ts',
])
/** `cli/verify` compares bodies with the assumptions about the wire. */
const isWireFile = (path: string): boolean =>
  /\/(request|response|stream)\.ts$/.test(path) || path.startsWith('cli/verify/') || wireFiles.has(path)

interface Import {
  readonly path: string
  /** A path below `src/`, or the name of a package. */
  readonly target: string
  readonly isPackage: boolean
  readonly typeOnly: boolean
}

const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .toSorted()
const parsed = new Map(
  paths.map((path) => {
    const { errors, module, program } = parseSync(path, readFileSync(join(root, path), 'utf8'))
    expect(errors, path).toEqual([])
    return [path, { module, program }]
  }),
)
const imports = paths.flatMap(importsOf)

/** Returns what a file imports and re-exports. */
function importsOf(path: string): Import[] {
  const { module } = parsed.get(path)!
  const toImport = (from: string, typeOnly: boolean): Import => {
    if (!from.startsWith('.')) return { path, target: from, isPackage: true, typeOnly }
    const target = relative(root, join(root, dirname(path), from)).replaceAll('\\', '/')
    return { path, target: target.replace(/\.js$/, '.ts'), isPackage: false, typeOnly }
  }
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) =>
      toImport(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType)),
    ),
    ...module.staticExports.flatMap(({ entries }) =>
      entries
        .filter(({ moduleRequest }) => moduleRequest)
        .map(({ moduleRequest, isType }) => toImport(moduleRequest!.value, isType)),
    ),
  ]
}

const folderOf = (path: string): string => path.split('/')[0]!
const layerOf = (path: string): number => layers.findIndex((layer) => layer.includes(folderOf(path)))
const describeImport = ({ path, target }: Import): string => `${path} imports ${target}`
const usesNode = (path: string): boolean => /^(cli|node)\//.test(path) || path === 'testing/node-server.ts'

describe('the imports of src/', () => {
  test('every file belongs to a layer', () => {
    expect(paths.filter((path) => layerOf(path) === -1)).toEqual([])
  })

  test('every imported file exists', () => {
    const wrong = imports.filter(({ target, isPackage }) => !isPackage && !parsed.has(target))
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('a file imports from its own folder and lower layers, types included', () => {
    const wrong = imports.filter(
      ({ path, target, isPackage }) =>
        !isPackage && folderOf(path) !== folderOf(target) && layerOf(target) >= layerOf(path),
    )
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('no file is imported on demand', () => {
    expect(paths.filter((path) => parsed.get(path)!.module.dynamicImports.length > 0)).toEqual([])
  })

  test('no import is circular, types included', () => {
    const importsByPath = new Map(paths.map((path) => [path, imports.filter((one) => one.path === path)]))
    const visited = new Set<string>()
    const cycles: string[] = []
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      if (visited.has(path) || trail.includes(path)) return
      for (const { target } of importsByPath.get(path) ?? []) walk(target, [...trail, path])
      visited.add(path)
    }
    for (const path of paths) walk(path, [])
    expect(cycles).toEqual([])
  })

  test('a package is imported only by the files that may import it', () => {
    const wrong = imports.filter(
      ({ path, target, isPackage }) =>
        isPackage && !target.startsWith('node:') && !(packages.get(target)?.(path) ?? false),
    )
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('only the Node entries import Node modules', () => {
    const wrong = imports.filter(({ path, target }) => target.startsWith('node:') && !usesNode(path))
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('the mock imports nothing from outside its folder, neither types nor packages', () => {
    const ofMock = imports.filter(({ path }) => path.startsWith('testing/'))
    const wrong = ofMock.filter(
      ({ path, target, isPackage }) =>
        !(isPackage ? target.startsWith('node:') && usesNode(path) : target.startsWith('testing/')),
    )
    expect(ofMock.length).toBeGreaterThan(100)
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('the rest of src/ imports nothing from the mock, except the command that serves it', () => {
    const mayImport = (path: string): boolean => path.startsWith('testing/') || path === 'cli/commands/mock.ts'
    const wrong = imports.filter(({ path, target }) => !mayImport(path) && target.startsWith('testing/'))
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('only files that read or write the wire use snake_case names', () => {
    const wrong = paths
      .filter((path) => !path.startsWith('testing/') && !isWireFile(path))
      .flatMap((path) => snakeNames(parsed.get(path)!.program).map((name) => `${path} uses ${name}`))
    expect(wrong).toEqual([])
  })
})

/** Returns the snake_case names of properties and variables in a syntax tree. */
function snakeNames(tree: unknown): string[] {
  if (Array.isArray(tree)) return tree.flatMap(snakeNames)
  if (typeof tree !== 'object' || tree === null) return []
  const { type, name } = tree as { type?: unknown; name?: unknown }
  if (type === 'Identifier' && typeof name === 'string') return /^[a-z\d]+(_[a-z\d]+)+$/.test(name) ? [name] : []
  return Object.values(tree).flatMap(snakeNames)
}

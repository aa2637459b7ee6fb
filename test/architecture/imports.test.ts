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
  ['config'],
  ['browser', 'cache'],
  ['http'],
  ['streaming'],
  ['models'],
  ['generation'],
  ['completions', 'responses', 'native-chat', 'embeddings', 'diagnostics'],
  ['provider.ts'],
  ['json-schema'],
  ['tools', 'structured-output'],
  ['assemble.ts'],
  ['create-lmstudio.ts'],
  ['index.ts'],
  ['core.ts'],
  ['node', 'testing'],
]

/** Which packages may be imported, and where; entries not named here import none. */
const packages = new Map<string, (path: string) => boolean>([
  ['ofetch', (path) => path.startsWith('http/')],
  ['idb-keyval', (path) => path.startsWith('cache/')],
  ['valibot', (path) => !/^(types\.ts|errors|utils|testing|index\.ts|core\.ts)/.test(path)],
  ['smol-toml', (path) => path.startsWith('node/')],
  ['@valibot/to-json-schema', (path) => path.startsWith('json-schema/')],
])

/**
 * The files that know the names of the wire: the `request.ts`, `response.ts` and `stream.ts` of a feature, and the files
 * below, which several features share. Everything else speaks camelCase only.
 */
const wireFiles = new Set([
  'completions/complete-text.ts',
  'embeddings/embed-batch.ts',
  'generation/completion-accumulator.ts',
  'generation/finish-reason.ts',
  'generation/sampling.ts',
  'generation/stats.ts',
  'generation/tool-call-accumulator.ts',
  'generation/usage.ts',
  'http/error-body.ts',
  'http/scrub.ts',
  'models/download-response.ts',
  'models/load-config.ts',
  'models/load-response.ts',
  'native-chat/events.ts',
  'native-chat/output.ts',
  'responses/response-accumulator.ts',
])
const isWireFile = (path: string): boolean => /\/(request|response|stream)\.ts$/.test(path) || wireFiles.has(path)

interface Import {
  readonly path: string
  /** A path below `src/`, or a package's name. */
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

/** What a file imports, re-exports and imports on demand. */
function importsOf(path: string): Import[] {
  const { module } = parsed.get(path)!
  const source = readFileSync(join(root, path), 'utf8')
  const named = (from: string, typeOnly: boolean): Import => {
    if (!from.startsWith('.')) return { path, target: from, isPackage: true, typeOnly }
    const target = relative(root, join(root, dirname(path), from)).replaceAll('\\', '/')
    return { path, target: target.replace(/\.js$/, '.ts'), isPackage: false, typeOnly }
  }
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) =>
      named(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType)),
    ),
    ...module.staticExports.flatMap(({ entries }) =>
      entries
        .filter(({ moduleRequest }) => moduleRequest)
        .map(({ moduleRequest, isType }) => named(moduleRequest!.value, isType)),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      named(source.slice(moduleRequest.start, moduleRequest.end).replaceAll(/['"`]/g, ''), false),
    ),
  ]
}

const folderOf = (path: string): string => path.split('/')[0]!
const layerOf = (path: string): number => layers.findIndex((layer) => layer.includes(folderOf(path)))
const show = ({ path, target }: Import): string => `${path} imports ${target}`
const usesNode = (path: string): boolean => path.startsWith('node/') || path === 'testing/node-server.ts'

describe('the imports of src/', () => {
  test('every file belongs to a layer', () => {
    expect(paths.filter((path) => layerOf(path) === -1)).toEqual([])
  })

  test('every import leads to a file that exists', () => {
    expect(imports.filter(({ target, isPackage }) => !isPackage && !parsed.has(target)).map(show)).toEqual([])
  })

  test('a file imports from its own folder and lower layers, types included', () => {
    const wrong = imports.filter(
      ({ path, target, isPackage }) =>
        !isPackage && folderOf(path) !== folderOf(target) && layerOf(target) >= layerOf(path),
    )
    expect(wrong.map(show)).toEqual([])
  })

  test('no file imports itself through others, types included', () => {
    const kept = imports.filter(({ isPackage }) => !isPackage)
    const after = new Map(paths.map((path) => [path, kept.filter((one) => one.path === path)]))
    const done = new Set<string>()
    const circles: string[] = []
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      if (done.has(path) || trail.includes(path)) return
      for (const { target } of after.get(path) ?? []) walk(target, [...trail, path])
      done.add(path)
    }
    for (const path of paths) walk(path, [])
    expect(circles).toEqual([])
  })

  test('a package is imported only where it is at home', () => {
    const wrong = imports.filter(
      ({ path, target, isPackage }) =>
        isPackage && !target.startsWith('node:') && !(packages.get(target)?.(path) ?? false),
    )
    expect(wrong.map(show)).toEqual([])
  })

  test('only the Node entries import from Node', () => {
    const wrong = imports.filter(({ path, target }) => target.startsWith('node:') && !usesNode(path))
    expect(wrong.map(show)).toEqual([])
  })

  test('the mock takes nothing but types from outside itself', () => {
    const wrong = imports.filter(
      ({ path, target, isPackage, typeOnly }) =>
        path.startsWith('testing/') && !isPackage && !target.startsWith('testing/') && !typeOnly,
    )
    expect(wrong.map(show)).toEqual([])
  })

  test('only files that read or write the wire use its snake_case names', () => {
    const wrong = paths
      .filter((path) => !path.startsWith('testing/') && !isWireFile(path))
      .flatMap((path) => snakeNames(parsed.get(path)!.program).map((name) => `${path} says ${name}`))
    expect(wrong).toEqual([])
  })
})

/** Names of properties and variables in snake_case, wherever a syntax tree has one. */
function snakeNames(tree: unknown): string[] {
  if (Array.isArray(tree)) return tree.flatMap(snakeNames)
  if (typeof tree !== 'object' || tree === null) return []
  const { type, name } = tree as { type?: unknown; name?: unknown }
  if (type === 'Identifier' && typeof name === 'string') return /^[a-z\d]+(_[a-z\d]+)+$/.test(name) ? [name] : []
  return Object.values(tree).flatMap(snakeNames)
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../src/', import.meta.url))

/** Who may import whom: a file imports from its own folder and from the layers before its own. */
const layers: readonly (readonly string[])[] = [
  ['types'],
  ['errors'],
  ['utils'],
  ['wire', 'sse', 'cache'],
  ['config'],
  ['transport'],
  ['generation'],
  ['chat', 'native', 'responses', 'completions', 'models', 'lifecycle', 'embeddings', 'server'],
  ['standard-schema'],
  ['tools', 'objects'],
  ['provider.ts'],
  ['index.ts'],
  ['node', 'testing'],
]

/** The imports between features: a health check and a load read the model list, past the cache; text comes as chat does. */
const between = new Map([
  ['server', ['models/fetch-models.ts']],
  ['completions', ['chat/completion-source.ts', 'chat/from-wire.ts']],
  ['lifecycle', ['models/fetch-models.ts', 'models/missing-model.ts', 'models/model-store.ts']],
])

/** Which packages may be imported, and where; entries not named here import none. */
const packages = new Map<string, (path: string) => boolean>([
  ['ofetch', (path) => path.startsWith('transport/')],
  ['idb-keyval', (path) => path.startsWith('cache/')],
  ['valibot', (path) => !/^(types|errors|testing|index\.ts)/.test(path)],
  ['smol-toml', (path) => path.startsWith('node/')],
  ['@valibot/to-json-schema', (path) => path.startsWith('standard-schema/')],
])

/** The files beside `wire/` that translate between its names and ours; everything else speaks camelCase only. */
const translators = new Set([
  'chat/answer-builder.ts',
  'chat/completion-source.ts',
  'chat/from-wire.ts',
  'generation/finish-reason.ts',
  'generation/sampling.ts',
  'generation/stats.ts',
  'chat/to-wire.ts',
  'completions/request.ts',
  'lifecycle/from-wire.ts',
  'lifecycle/load-config.ts',
  'models/normalise.ts',
  'responses/response-builder.ts',
  'responses/response-source.ts',
  'responses/to-wire.ts',
  'native/chat-source.ts',
  'native/from-wire.ts',
  'native/to-wire.ts',
  'transport/api-error.ts',
])

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

  test('a file imports from its own folder and the layers above it', () => {
    const wrong = imports.filter(
      ({ path, target, isPackage }) =>
        !isPackage &&
        folderOf(path) !== folderOf(target) &&
        layerOf(target) >= layerOf(path) &&
        !between.get(folderOf(path))?.includes(target),
    )
    expect(wrong.map(show)).toEqual([])
  })

  // The layers leave no circle between folders, types included; within one, types that name each other are erased.
  test('no file imports itself through others', () => {
    const kept = imports.filter(({ isPackage, typeOnly }) => !isPackage && !typeOnly)
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

  test('wire names stay with the wire and its translators', () => {
    const wrong = paths
      .filter((path) => !/^(wire|testing)\//.test(path) && !translators.has(path))
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

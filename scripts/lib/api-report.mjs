// @ts-check
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

// TypeScript 7 has no compiler API for JavaScript yet, so the declarations are read with the oldest supported version.
/** @type {any} */
const ts = createRequire(new URL('../../test/package/', import.meta.url))('typescript-oldest')

/** Types whose members are internal: people only pass their values on. */
const OPAQUE = new Set(['Client'])

/**
 * Writes down the public API of each entry: the declarations of its exports, and the types that these refer to, without
 * comments and in alphabetical order. What an earlier entry exports too is listed by name.
 * @param {string} root the folder with package.json and dist/
 * @returns {Map<string, string>} the reports by file name
 */
export function apiReports(root) {
  const { entries, program, checker } = readDeclarations(root)
  const printer = ts.createPrinter({ removeComments: true })
  /** @type {Map<object, string>} */
  const exportedBy = new Map()
  const referenced = new Set()
  return new Map([...entries].map(([path, specifier]) => [fileName(specifier), report(path, specifier)]))

  /** @param {string} specifier */
  function fileName(specifier) {
    return `${specifier.replaceAll('/', '-')}.api.md`
  }

  /**
   * @param {string} path
   * @param {string} specifier
   */
  function report(path, specifier) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path))
    /** @type {Map<string, string[]>} */
    const repeated = new Map()
    /** @type {[string, any][]} */
    const own = []
    for (const symbol of checker.getExportsOfModule(module).toSorted(byName)) {
      const target = resolve(symbol)
      const earlier = exportedBy.get(target)
      if (earlier === undefined) own.push([symbol.name, target])
      else repeated.set(earlier, [...(repeated.get(earlier) ?? []), symbol.name])
    }
    for (const [, target] of own) exportedBy.set(target, specifier)
    const parts = [
      `# API of \`${specifier}\``,
      'Written by `npm run build && npm run api`. `npm run check:package` fails if the API differs.',
      ...[...repeated].map(([from, names]) => `As in \`${from}\`:\n\n${code(names.join('\n'))}`),
      own.length > 0 && `## Exports\n\n${code(own.map(([exported, target]) => print(exported, target)).join('\n\n'))}`,
      internals(own.map(([, target]) => target)),
    ]
    return `${parts.filter(Boolean).join('\n\n')}\n`
  }

  /** @param {readonly object[]} targets */
  function internals(targets) {
    const reached = new Set(targets)
    for (const target of reached) for (const next of references(target)) reached.add(next)
    const found = [...reached].filter((target) => !exportedBy.has(target) && !referenced.has(target))
    for (const target of found) referenced.add(target)
    const printed = found.map((/** @type {any} */ target) => print(target.name, target))
    return printed.length > 0 && `## Referenced\n\n${code(printed.toSorted().join('\n\n'))}`
  }

  /**
   * The symbols of the package that the declarations of a symbol refer to.
   * @param {any} symbol
   */
  function references(symbol) {
    if (OPAQUE.has(symbol.name)) return []
    /** @type {Set<object>} */
    const found = new Set()
    const visit = (/** @type {any} */ node) => {
      const target = ts.isIdentifier(node) && checker.getSymbolAtLocation(node)
      if (target) found.add(resolve(target))
      ts.forEachChild(node, visit)
    }
    for (const node of symbol.declarations) visit(node)
    return [...found].filter(isTopLevel)
  }

  /** @param {any} symbol */
  function resolve(symbol) {
    return resolveAlias(checker, symbol)
  }

  /** @param {any} symbol */
  function isTopLevel(symbol) {
    return symbol.declarations?.some((/** @type {any} */ node) => ts.isSourceFile(statementOf(node).parent))
  }

  /** @param {any} node */
  function statementOf(node) {
    return ts.isVariableDeclaration(node) ? node.parent.parent : node
  }

  /**
   * @param {string} exported
   * @param {any} symbol
   */
  function print(exported, symbol) {
    if (OPAQUE.has(symbol.name)) return `export interface ${symbol.name} {}`
    const renamed = exported === symbol.name ? [] : [`export { ${symbol.name} as ${exported} }`]
    const texts = symbol.declarations.map((/** @type {any} */ node) =>
      printer.printNode(ts.EmitHint.Unspecified, statementOf(node), node.getSourceFile()),
    )
    return [...texts, ...renamed].join('\n')
  }
}

/**
 * Lists the exports without a comment that documents them. `npm run docs` also looks at their members.
 * @param {string} root the folder with package.json and dist/
 * @returns {string[]} such as `lmstudio-provider/core: createClient`
 */
export function undocumentedExports(root) {
  const { entries, program, checker } = readDeclarations(root)
  return [...entries].flatMap(([path, specifier]) =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)))
      .filter(
        (/** @type {any} */ symbol) => resolveAlias(checker, symbol).getDocumentationComment(checker).length === 0,
      )
      .map((/** @type {any} */ { name }) => `${specifier}: ${name}`),
  )
}

/** @param {string} root */
function readDeclarations(root) {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  /** @type {Map<string, string>} the specifier of each declaration file; two entries may share one */
  const entries = new Map()
  for (const [subpath, { types }] of Object.entries(exports)) {
    const path = types && join(root, types)
    if (path && !entries.has(path)) entries.set(path, join(name, subpath))
  }
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, noLib: true, types: [] }
  const program = ts.createProgram([...entries.keys()], options)
  return { entries, program, checker: program.getTypeChecker() }
}

/**
 * @param {any} checker
 * @param {any} symbol
 */
function resolveAlias(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** @param {string} text */
function code(text) {
  return `\`\`\`ts\n${text}\n\`\`\``
}

/**
 * @param {any} one
 * @param {any} other
 */
function byName(one, other) {
  return one.name < other.name ? -1 : 1
}

import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** What to write in place of a text that a part must contain. */
type Cut = readonly [text: RegExp, replacement: string]

/**
 * What src/transport/send.ts says to ofetch in every call, and what it never says. With these as constants, minifiers see
 * by themselves which halves of ofetch can never run: hooks, retries, time limits, bodies, queries, parsing.
 */
const OFETCH_OPTIONS: Readonly<Record<string, string>> = {
  retry: 'false',
  responseType: '"stream"',
  ignoreResponseError: 'true',
  baseURL: '(void 0)',
  body: '(void 0)',
  method: '(void 0)',
  parseResponse: '(void 0)',
  query: '(void 0)',
  signal: '(void 0)',
  timeout: '(void 0)',
  onRequest: '(void 0)',
  onRequestError: '(void 0)',
  onResponse: '(void 0)',
  onResponseError: '(void 0)',
}

const OFETCH: readonly Cut[] = [
  ...Object.entries(OFETCH_OPTIONS).map(([name, value]): Cut => [
    new RegExp(String.raw`(?<!delete )context\.options\.${name}\b(?! =)`, 'g'),
    value,
  ]),
  // One carrier is made, and only its `raw` is called.
  [/\n {2}\$fetch\.native = [^\n]*/, ''],
  [/\n {2}\$fetch\.create = [^]*?\n {2}\}\);/, ''],
  // Headers and a query go in what is handed to `carry` ready-made: here there are none to merge, add or take away.
  [/const headers = mergeHeaders\([^]*?\n {2}\);/, 'let headers;'],
  [/let query;\n {2}if \([^]*?\n {2}\}/, 'let query;'],
  [/\n {6}if \("(?:query|params)" in context\.options\) \{[^}]*\}/g, ''],
  // Used only where there is a body, and not marked as something that may be left out.
  [/(?<=payloadMethods = )new Set\(\s*Object/, '/* @__PURE__ */ new Set(/* @__PURE__ */ Object'],
  // Of the error that ofetch wraps around a failure, only `cause` is read: no text, no getters.
  [
    /function createFetchError\(ctx\) \{[^]*?\n\}/,
    'function createFetchError(ctx) {\n  return new Error("fetch failed", ctx.error ? { cause: ctx.error } : void 0);\n}',
  ],
]

const VALIBOT: readonly Cut[] = [
  // No schema of ours has a default or a fallback.
  [/\(valueSchema\.type === [^()]*\) && valueSchema\.default !== void 0/g, 'false'],
  [/\b(?:valueSchema|this)\.(?:default|fallback) !== void 0/g, 'false'],
  [/key in input \? input\[key\] : \/\* @__PURE__ \*\/ getDefault\(valueSchema\)/g, 'input[key]'],
  // Lets other libraries run a schema; ours are seen by none.
  [/function _standardSchema\(schema\) \{[^]*?\n\}/, 'function _standardSchema(schema) {\n\treturn schema;\n}'],
  // Of an issue src/wire/parse.ts reads no more than its `ReadIssue` names, and of a message of valibot's own only how it begins.
  [/\n\t\t(?:kind|type|requirement|lang|abortEarly|abortPipeEarly): (?:context|config\$1)\.\w+,?/g, ''],
  [/\n\t\tissues: other\?\.issues,/, ''],
  [/\n\t+type: "(?:array|object)",\n\t+origin: "\w+",\n\t+input,(?=\n\t+key,)/g, ''],
  [/function _stringify\(input\) \{[^]*?\n\}/, 'function _stringify(input) {\n\treturn typeof input;\n}'],
  [/\n\t+(?:lang|message|abortPipeEarly): (?:void 0|config\$1\?\.\w+(?: \?\? [\w$.?]+)?),?/g, ''],
  // All of what is used are schemas.
  [/context\.kind === "schema"/, 'true'],
  // Used for messages by kind of schema and by those who look into schemas.
  [/\n\t\t(?:kind: "schema"|reference: \w+|async: false),/g, ''],
  // Nobody sets messages or a configuration for all schemas.
  [/\?\? \/\* @__PURE__ \*\/ getSpecificMessage\([^]*?\/\* @__PURE__ \*\/ getGlobalMessage\(issue\.lang\)/, ''],
  [/typeof message\$1 === "function" \? message\$1\(issue\) : message\$1/, 'message$1'],
]

const IDB_KEYVAL: readonly Cut[] = [
  // Every call names its store.
  [/ = defaultGetStore\(\)/g, ''],
]

const PARTS: readonly (readonly [file: RegExp, cuts: readonly Cut[]])[] = [
  [/\/node_modules\/ofetch\/dist\/shared\/ofetch\.\w+\.mjs$/, OFETCH],
  [/\/node_modules\/valibot\/dist\/index\.mjs$/, VALIBOT],
  [/\/node_modules\/idb-keyval\/dist\/index\.js$/, IDB_KEYVAL],
]

/**
 * Takes out of the bundled parts what can never run here or is never read, so that it is not loaded by every page. What is
 * left is theirs, word for word. A part that no longer contains one of the texts fails the build: look what became of it.
 */
export function trimParts(): Plugin {
  return {
    name: 'trim-parts',
    // Not `transform`: what is loaded is a source with a source map, by which the build knows what it holds.
    load(id) {
      const [, cuts] = PARTS.find(([file]) => file.test(id)) ?? []
      return cuts?.reduce(
        (rest, [text, replacement]) => {
          if (rest.search(text) < 0) throw new Error(`${id} does not contain ${String(text)} any more`)
          return rest.replace(text, replacement)
        },
        readFileSync(id, 'utf8'),
      )
    },
  }
}

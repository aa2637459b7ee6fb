// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The folders of src/ that are measured: what every call depends on. */
export const FOLDERS = ['streaming', 'errors', 'cache', 'validation', 'http', 'generation', 'tools']

/** Files that have types only, or pass names on. */
const WITHOUT_CODE = /^(?:types|index|request-info|request-spec)\.ts$/

/** The score that a file should have, in percent. */
export const GOAL = 92

/**
 * Tests outside of the folder that mirrors a file, which check it through public names.
 * @type {Record<string, string[]>}
 */
const MORE_TESTS = {
  'errors/error-response': ['test/integration/web-responses.test.ts'],
  'errors/errors': ['test/integration/errors.test.ts', 'test/integration/error-properties.test.ts'],
  'errors/provider-error': ['test/integration/error-properties.test.ts', 'test/integration/web-responses.test.ts'],
  'errors/sanitize-cause': ['test/errors/provider-error.test.ts'],
  'generation/completion-accumulator': [
    'choices',
    'documents',
    'labels',
    'logprobs',
    'message-forms',
    'reasoning-tags',
    'stream',
    'tool-calls',
  ].map((name) => `test/completions/${name}.test.ts`),
  'generation/harmony-splitter': ['test/completions/reasoning-tags.test.ts'],
  'generation/read-events': ['test/integration/web-responses.test.ts'],
  'generation/run-generation': [
    'completions/complete-text',
    'completions/options',
    'completions/servers',
    'completions/stream',
    'completions/stream-connection',
    'generation/usage-option',
    'integration/default-model',
    'integration/invalid-call-options',
    'responses/respond',
    'responses/stream',
  ].map((name) => `test/${name}.test.ts`),
  'generation/think-tag-splitter': ['test/completions/reasoning-tags.test.ts'],
  'generation/tool-call-accumulator': ['test/completions/tool-calls.test.ts'],
  'http/attempt': [
    'test/http/body-source.test.ts',
    'test/http/interceptors.test.ts',
    'test/http/read-response.test.ts',
    'test/http/response-error.test.ts',
    'test/http/send.test.ts',
    'test/integration/custom-fetch-bodies.test.ts',
    'test/integration/hanging-functions.test.ts',
  ],
  'http/buffered-attempt': ['test/http/read-response.test.ts'],
  'http/error-rules': ['test/http/response-error.test.ts'],
  'http/error-subjects': ['test/http/response-error.test.ts'],
  'http/fetch-error': ['test/http/retry.test.ts'],
  'http/generation-queue': ['test/integration/concurrency.test.ts'],
  'http/response-error': ['test/completions/labels.test.ts', 'test/native-chat/response.test.ts'],
  'http/retry': ['test/http/retry-after.test.ts'],
  'http/send': ['test/http/interceptors.test.ts'],
  'http/unwrap-error': ['test/http/error-body.test.ts'],
  'streaming/event-response': ['test/integration/web-responses.test.ts'],
  'streaming/event-stream': [
    'test/streaming/defer-error.test.ts',
    'test/completions/stream.test.ts',
    'test/integration/web-responses.test.ts',
  ],
  'streaming/sse-reader': ['test/completions/stream.test.ts'],
  'tools/execute-tool': ['test/tools/tool-media.test.ts'],
  'tools/run-tools': ['call-options', 'malformed-provider', 'tool-media'].map((name) => `test/tools/${name}.test.ts`),
  'tools/text-tool-calls': ['test/tools/text-call-formats.test.ts'],
  'tools/tool-loop': [
    'test/integration/tools.test.ts',
    ...['execute-tool', 'run-tools', 'tool-media'].map((name) => `test/tools/${name}.test.ts`),
  ],
  'tools/tool-result-content': ['test/tools/tool-media.test.ts'],
  'validation/validate': ['parse-response', 'read-request', 'serialize'].map(
    (name) => `test/validation/${name}.test.ts`,
  ),
}

/** Files whose table is built once, by the first test that needs it: see build-tables.ts. */
const BUILT_ONCE = ['http/error-rules', 'http/error-subjects', 'tools/text-call-formats']

/**
 * The files to mutate, the smallest folders first.
 * @param {string} root
 * @param {readonly string[]} words only files whose path contains one of these; all files for none
 * @returns {{ file: string, tests: string[], isBuiltOnce: boolean }[]}
 */
export function listFiles(root, words) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, 'src', folder))
      .filter((name) => !WITHOUT_CODE.test(name))
      .map((name) => `${folder}/${name}`),
  )
    .filter((path) => words.length === 0 || words.some((word) => `src/${path}`.includes(word)))
    .map((path) => path.replace(/\.ts$/, ''))
    .map((path) => ({ file: `src/${path}.ts`, tests: testsOf(root, path), isBuiltOnce: BUILT_ONCE.includes(path) }))
}

/**
 * The tests of a file: those with its name, else all tests of its folder.
 * @param {string} root
 * @param {string} path
 */
function testsOf(root, path) {
  const own = ['.test.ts', '.prop.test.ts'].map((ending) => `test/${path}${ending}`)
  const mirrored = own.filter((test) => existsSync(join(root, test)))
  const folder = `test/${path.slice(0, path.indexOf('/'))}/**/*.test.ts`
  return [...(mirrored.length > 0 ? mirrored : [folder]), ...(MORE_TESTS[path] ?? [])]
}

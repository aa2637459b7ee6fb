// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The folders of src/ that are measured: what every call depends on. */
export const FOLDERS = ['streaming', 'errors', 'cache', 'validation', 'http', 'generation', 'tools']

/** The score that a file should have, in percent. */
export const GOAL = 92

/**
 * Tests outside of the folder that mirrors a file, which check it through public names.
 * @type {Record<string, string[]>}
 */
const MORE_TESTS = {
  'errors/error-response': ['test/integration/web-responses.test.ts'],
  'generation/images': ['test/integration/complete.test.ts'],
  'generation/read-events': ['test/integration/web-responses.test.ts'],
  'generation/response-limits': ['test/native-chat/stream-limits.test.ts', 'test/responses/stream-limits.test.ts'],
  'streaming/event-response': ['test/integration/web-responses.test.ts'],
  'http/error-rules': ['test/integration/error-corpus.test.ts'],
}

/**
 * The files to mutate, the smallest folders first.
 * @param {string} root
 * @param {readonly string[]} words only files whose path contains one of these; all files for none
 * @returns {{ file: string, tests: string[] }[]}
 */
export function listFiles(root, words) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, 'src', folder))
      .filter((name) => !/^(types|index)\.ts$/.test(name))
      .map((name) => `${folder}/${name}`),
  )
    .filter((path) => words.length === 0 || words.some((word) => `src/${path}`.includes(word)))
    .map((path) => ({ file: `src/${path}`, tests: testsOf(root, path.replace(/\.ts$/, '')) }))
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

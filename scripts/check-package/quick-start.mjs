// @ts-check
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { read } from '../lib/run.mjs'

const PROMPT = 'Why is the sea salty?'

/**
 * The first lines of the README, word for word in an empty project: returns the name of the TypeScript file that must
 * compile under `strict`, after the script printed a streamed response of the mock. Only the endpoint is added for the run.
 * @param {string} consumer
 * @param {string} installed
 */
export async function runQuickStart(consumer, installed) {
  const readme = readFileSync(join(installed, 'README.md'), 'utf8')
  const [, code] = /^```js\n(import .*?createLMStudio\(\)\.stream\(.*?)^```$/ms.exec(readme) ?? []
  if (code === undefined) throw new Error('The README does not start with a snippet that streams')
  writeFileSync(join(consumer, 'quick-start.ts'), code)

  const { startMockLMStudio } = await import(pathToFileURL(join(installed, 'dist/testing-node.js')).href)
  const mock = await startMockLMStudio()
  try {
    const script = code.replace('createLMStudio()', `createLMStudio({ endpoint: '${mock.url}' })`)
    writeFileSync(join(consumer, 'quick-start.mjs'), script)
    const printed = await read(process.execPath, ['quick-start.mjs'], { cwd: consumer })
    if (printed !== `You said: ${PROMPT}`) throw new Error(`The first lines of the README print ${printed}`)
  } finally {
    await mock.close()
  }
  console.log(`the first lines of the README, run: ${code.trim().split('\n').filter(Boolean).length} lines, ok`)
  return 'quick-start.ts'
}

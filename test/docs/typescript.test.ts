import { readFileSync } from 'node:fs'
import { createLMStudio } from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'
import { embedAll, firstChatModel, getTide, nameBird } from './typescript.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('docs/typescript.md quotes the code that `npm run types` checks', () => {
  const [, quoted] = /^```ts file=test\/docs\/typescript\.ts\n(.*?)^```$/ms.exec(read('../../docs/typescript.md'))!
  expect(quoted).toBe(read('typescript.ts'))
})

it('the code in docs/typescript.md runs', async () => {
  await using mock = await startMockLMStudio()
  const lmstudio = createLMStudio({ endpoint: mock.url })
  const model = await firstChatModel(lmstudio)
  expect(await getTide(lmstudio, model)).not.toBe('')
  expect(await nameBird(lmstudio, model)).not.toBe('')
  const texts = Array.from({ length: 200 }, (_, index) => `page ${index}`)
  expect(await embedAll(lmstudio, 'text-embedding-plover-v2', texts)).toHaveLength(200)
  mock.inject('status-400', { path: '/v1/embeddings' })
  expect(await embedAll(lmstudio, 'text-embedding-plover-v2', texts)).toEqual([])
})

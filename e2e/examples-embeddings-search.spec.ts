import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleRunner } from './setup/example-runner.js'
import { expect, test } from './setup/test.js'

const search = exampleRunner('embeddings-search.mjs')

test.describe('embeddings-search.mjs', () => {
  let folder: string
  const write = (text: string): string => {
    const file = join(folder, 'notes.txt')
    writeFileSync(file, text)
    return file
  }

  test.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'search-'))
  })
  test.afterEach(() => rmSync(folder, { recursive: true }))

  test('prints the closest paragraphs first', async () => {
    const file = write('The harbor tax rose.\n\nGulls sail over\nthe sea.\n\n\nBread needs time.\n\nA train is late.\n')
    await using example = search(['--mock', file, 'gulls', 'over', 'the', 'sea'])
    expect(await example.exitCode).toBe(0)
    const lines = example.output().trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^0\.\d\d {2}Gulls sail over the sea\.$/)
  })

  test('embeds a long file in several requests', async ({ mock }) => {
    const file = write(Array.from({ length: 200 }, (_, index) => `Paragraph number ${index}.`).join('\n\n'))
    await using example = search([file, 'Paragraph number 150.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toMatch(/^1\.00 {2}Paragraph number 150\.\n/)
    expect(mock.calls.filter(({ path }) => path === '/v1/embeddings')).toHaveLength(4)
  })

  test('says which of the query, the file and the model is missing', async ({ mock }) => {
    await using withoutQuery = search(['--mock'])
    expect(await withoutQuery.exitCode).toBe(1)
    expect(withoutQuery.output()).toContain('Name a file and a query')
    await using withoutFile = search([join(folder, 'none.txt'), 'gulls'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await withoutFile.exitCode).toBe(1)
    expect(withoutFile.output()).toContain('none.txt')
    mock.configure({ models: [] })
    await using withoutModel = search([write('Gulls.'), 'gulls'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await withoutModel.exitCode).toBe(1)
    expect(withoutModel.output()).toContain('no model that fits')
  })
})

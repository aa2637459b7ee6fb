import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hintFor } from '../../src/errors/error-codes.js'
import { type ErrorSubject, subjects } from '../../src/http/error-subjects.js'

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const section = page.slice(page.indexOf('## What servers report'), page.indexOf('## Codes'))
const rows = section.split('\n').filter((line) => line.startsWith('| The server '))

describe('docs/errors.md', () => {
  it('lists every subject of an error of a server, with its class, code and hint', () => {
    const list: readonly ErrorSubject[] = Object.values(subjects())
    const expected = list.map(
      ({ cause, Type, code }) => `| The server ${cause} | \`${Type.name}\` | \`${code}\` | ${hintFor(code)} |`,
    )
    expect(rows).toEqual(expected)
  })
})

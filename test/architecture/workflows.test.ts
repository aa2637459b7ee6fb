import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../.github/workflows/', import.meta.url)
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

/** The text of a job of a workflow. */
const jobOf = (text: string, job: string): string => new RegExp(`^  ${job}:\n(?:(?:    .*)?\n)*`, 'm').exec(text)![0]

it('there are a workflow for every push and one for releases', () => {
  expect(workflows.map(({ name }) => name).toSorted()).toEqual(['ci.yml', 'release.yml'])
})

describe.each(workflows)('$name', ({ text }) => {
  it('pins every action by the hash of a commit and names its version', () => {
    const uses = [...text.matchAll(/\buses:\s*(.*)$/gm)].map(([, action]) => action)
    expect(uses.length).toBeGreaterThanOrEqual(4)
    for (const action of uses) expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('gives no permission to all jobs', () => {
    expect(text).toMatch(/^permissions: \{\}$/m)
  })

  it('runs the checks of a fresh clone', () => {
    expect(jobOf(text, 'test')).toMatch(/- run: bash \.ci\/run$/m)
  })
})

describe('a release', () => {
  const { text } = workflows.find(({ name }) => name === 'release.yml')!

  it('starts with a tag of a version', () => {
    expect(text).toMatch(/^on:\n {2}push:\n {4}tags: \['v\*'\]\n\n/m)
  })

  it('publishes only after all checks, with provenance', () => {
    const publish = jobOf(text, 'publish')
    expect(publish).toMatch(/^ {4}needs: test$/m)
    expect(publish).toMatch(/^ {6}- run: npm publish --provenance --access public$/m)
  })

  it('lets only the job that publishes sign', () => {
    expect(text.match(/id-token: write/g)).toHaveLength(1)
    expect(jobOf(text, 'publish')).toContain('id-token: write')
  })
})

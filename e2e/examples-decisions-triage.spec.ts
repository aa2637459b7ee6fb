import { exampleRunner } from './setup/example-runner.js'
import { expect, test } from './setup/test.js'

const triage = exampleRunner('decisions-triage.mjs')

test.describe('decisions-triage.mjs', () => {
  test('prints who handles each mail, in the order of the mails', async () => {
    const mails = ['Refunds and charges and payments!', 'Bugs, crashes and errors everywhere.']
    await using example = triage(['--mock', ...mails])
    expect(await example.exitCode).toBe(0)
    const lines = example.output().trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^billing \(\d+ %\)(, urgent)?: Refunds and charges and payments!$/)
    expect(lines[1]).toMatch(/^tech \(\d+ %\)(, urgent)?: Bugs, crashes and errors everywhere\.$/)
  })

  test('asks the decision model of the server', async ({ mock }) => {
    await using example = triage(['The export crashes.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(mock.calls.filter(({ path }) => path === '/v1/decisions')).toHaveLength(1)
  })

  test('says which of the mail and the model is missing', async ({ mock }) => {
    await using withoutMail = triage(['--mock'])
    expect(await withoutMail.exitCode).toBe(1)
    expect(withoutMail.output()).toContain('Name a mail')
    mock.configure({ models: [] })
    await using withoutModel = triage(['The export crashes.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await withoutModel.exitCode).toBe(1)
    expect(withoutModel.output()).toContain('model')
  })
})

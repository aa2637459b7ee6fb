import { exampleRunner } from './setup/example-runner.js'
import { expect, test } from './setup/test.js'

const NEW = 'acme/puffin-7b'
const STATUS = /\/download\/status\//

const download = exampleRunner('download-model.mjs')

test.describe('download-model.mjs', () => {
  test('draws the progress of a download until it is complete', async () => {
    await using example = download(['--mock', NEW])
    expect(await example.exitCode).toBe(0)
    const lines = example.output().trim().split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[1]).toMatch(/^█{6}░{18} 25 % {2}.+ MB of .+ GB {2}41 MB\/s {2}.+ left {2}downloading$/)
    expect(lines[4]).toMatch(/^█{24} 100 % .+ completed$/)
    expect(lines[5]).toBe(`${NEW} is downloaded.`)
  })

  test('reports a model that is already downloaded', async ({ mock }) => {
    await using example = download(['acme/tern-4b'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toBe('acme/tern-4b was already downloaded.\n')
  })

  test('sends the quantization of a link', async ({ mock }) => {
    const link = 'https://huggingface.co/acme/puffin-7b'
    await using example = download([link, 'Q4_K_M'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(mock.calls[0]?.body).toEqual({ model: link, quantization: 'Q4_K_M' })
  })

  test('says on Ctrl+C that the download continues, and resumes watching by job id', async ({ mock }) => {
    mock.inject('delay-headers', { path: STATUS })
    const environment = { LMSTUDIO_ENDPOINT: mock.url }
    await using example = download([NEW], environment)
    await mock.whenHeld()
    example.child.kill('SIGINT')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('continues in LM Studio')
    const [, job] = /--job (job_\w+)\n$/.exec(example.output()) ?? []
    await using again = download([NEW, '--job', job!], environment)
    expect(await again.exitCode).toBe(0)
    expect(again.output()).toContain(`${NEW} is downloaded.`)
    expect(mock.calls.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  test('prints why a download failed, and the missing argument', async ({ mock }) => {
    mock.inject('download-failed')
    await using example = download([NEW], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(1)
    expect(example.output()).toMatch(/Download job_\w+ failed/)
    await using withoutModel = download([])
    expect(await withoutModel.exitCode).toBe(1)
    expect(withoutModel.output()).toContain('Name a model')
  })
})

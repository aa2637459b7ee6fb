// Downloads a model in LM Studio:              node download-model.mjs acme/puffin-7b
// or a Hugging Face link with a quantization:  node download-model.mjs https://huggingface.co/acme/puffin-7b-gguf Q4_K_M
// Ctrl+C stops watching and not the download; --job <id> resumes watching. --mock runs without LM Studio.
import { parseArgs } from 'node:util'
import { createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const BAR = 24
const isTerminal = process.stdout.isTTY === true

const size = (bytes) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`)

function time(ms) {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function draw({ status, downloadedBytes = 0, totalBytes, bytesPerSecond, etaMs }) {
  const share = totalBytes ? downloadedBytes / totalBytes : 0
  const bar = '█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░')
  const amount = totalBytes ? `${size(downloadedBytes)} of ${size(totalBytes)}` : size(downloadedBytes)
  const speed = bytesPerSecond === undefined ? [] : [`${size(bytesPerSecond)}/s`]
  const left = etaMs === undefined ? [] : [`${time(etaMs)} left`]
  const line = [`${bar} ${Math.round(share * 100)} %`, amount, ...speed, ...left, status].join('  ')
  process.stdout.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`)
}

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  return startMockLMStudio()
}

async function download(lmstudio, model, { quantization, jobId }) {
  const watch = new AbortController()
  const stop = () => watch.abort()
  process.once('SIGINT', stop)
  let job = jobId
  const onProgress = (progress) => {
    job = progress.jobId
    draw(progress)
  }
  try {
    const { status } = await lmstudio.downloadModel(
      model,
      { quantization, jobId, onProgress },
      { signal: watch.signal },
    )
    const result = status === 'completed' ? 'is downloaded' : 'was already downloaded'
    process.stdout.write(`${isTerminal && status === 'completed' ? '\n' : ''}${model} ${result}.\n`)
  } catch (error) {
    if (isTerminal) process.stdout.write('\n')
    if (!watch.signal.aborted || job === undefined) throw error
    process.stdout.write('The download continues in LM Studio. To watch it again:\n')
    process.stdout.write(`node download-model.mjs ${model} --job ${job}\n`)
  } finally {
    process.off('SIGINT', stop)
  }
}

let mock
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { job: { type: 'string' }, mock: { type: 'boolean' } },
  })
  const [model, quantization] = positionals
  if (model === undefined) throw new Error('Name a model, for example: node download-model.mjs acme/puffin-7b')
  if (values.mock) mock = await startMock()
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  await download(createLMStudio({ endpoint }), model, { quantization, jobId: values.job })
} catch (error) {
  console.error(error.message)
  // What happened at each address, if discovery found no server.
  for (const { reason } of error.attempts ?? []) console.error(`- ${reason}`)
  if (ProviderError.isInstance(error)) console.error(error.hint)
  process.exitCode = 1
} finally {
  await mock?.close()
}

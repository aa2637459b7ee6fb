// One subject in its own process: runs the tasks it is sent and reports what they cost.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

const [file, variant] = process.argv[2].split(':')
const loading = import(`./subjects/${file}.js`)

const cpuSince = (start) => {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

const TASKS = {
  /** Reads a stream to its end and concatenates the text. */
  async stream(subject, { url }) {
    let text = ''
    const cpu = process.cpuUsage()
    const start = performance.now()
    await subject.stream(url, (delta) => void (text += delta))
    const wallMs = performance.now() - start
    const cpuMs = cpuSince(cpu)
    return { cpuMs, wallMs, length: text.length, hash: createHash('sha256').update(text).digest('hex') }
  },

  /** Compares the heap after the 1,000th delta of an ASCII stream with the heap ten deltas before its end. */
  async heap(subject, { url, count }) {
    let deltas = 0
    let characters = 0
    let before
    let after
    const heap = () => {
      globalThis.gc()
      globalThis.gc()
      return process.memoryUsage().heapUsed
    }
    await subject.stream(url, (delta) => {
      deltas++
      if (deltas === 1000) before = heap()
      else if (deltas > 1000) characters += delta.length
      if (deltas === count - 10) after = heap()
    })
    if (after === undefined) throw new Error(`received ${deltas} deltas instead of ${count}`)
    return { growth: after - before, characters }
  },

  /** Stops reading after ten deltas, reads how far the server got, leaves the loop, and checks that the server noticed. */
  async pause(subject, { url, origin }) {
    const stats = async () => (await fetch(`${origin}/stats`)).json()
    let deltas = 0
    let written
    const left = new Error('left')
    const reading = subject.stream(url, () => {
      if (++deltas < 10) return undefined
      return (async () => {
        await delay(1000)
        ;({ written } = await stats())
        throw left
      })()
    })
    await reading.catch((error) => {
      if (error !== left && error?.cause !== left) throw error
    })
    let isCut = false
    for (let turn = 0; turn < 20 && !isCut; turn++) {
      await delay(50)
      ;({ isCut } = await stats())
    }
    return { written, isCut }
  },

  /** Small calls, one after the other. */
  async calls(subject, { url, count, kind }) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    for (let call = 0; call < count; call++) {
      const result = await subject[kind](url)
      if (kind === 'complete' ? result !== 'Seven.' : result !== 5) throw new Error(`unexpected result: ${result}`)
    }
    return { wallMs: performance.now() - start, cpuMs: cpuSince(cpu) }
  },

  /** The time in ms from the call to the first text, for each of `count` streams. */
  async first(subject, { url, count }) {
    const samples = []
    for (let call = 0; call < count; call++) {
      let at
      const start = performance.now()
      await subject.stream(url, () => void (at ??= performance.now()))
      samples.push(at - start)
    }
    return { samples }
  },

  /** Reads the arguments of a streamed tool call. */
  async toolArguments(subject, { url }) {
    const cpu = process.cpuUsage()
    const rawArguments = await subject.toolArguments(url)
    return { cpuMs: cpuSince(cpu), length: rawArguments.length }
  },

  /** Reads a streamed response with many tool calls. */
  async toolCalls(subject, { url }) {
    const cpu = process.cpuUsage()
    const length = await subject.toolCalls(url)
    return { cpuMs: cpuSince(cpu), length }
  },
}

process.on('message', async ({ task, ...input }) => {
  try {
    const { create } = await loading
    process.send(await TASKS[task](create(variant), input))
  } catch (error) {
    process.send({ error: `${error?.name ?? 'Error'}: ${error?.message ?? error}` })
  }
})
process.on('disconnect', () => process.exit())

// One subject, alone in its process: does what it is told and says what it cost.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

const [file, variant] = process.argv[2].split(':')
const opening = import(`./subjects/${file}.js`)

const cpuSince = (start) => {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

const TASKS = {
  /** Reads a stream to its end, concatenating the text. */
  async stream(subject, { url }) {
    let text = ''
    const cpu = process.cpuUsage()
    const start = performance.now()
    await subject.stream(url, (piece) => void (text += piece))
    const wallMs = performance.now() - start
    const cpuMs = cpuSince(cpu)
    return { cpuMs, wallMs, length: text.length, hash: createHash('sha256').update(text).digest('hex') }
  },

  /** What the client keeps between the thousandth and the last but tenth piece of an ASCII stream. */
  async heap(subject, { url, count }) {
    let pieces = 0
    let characters = 0
    let before
    let after
    const heap = () => {
      globalThis.gc()
      globalThis.gc()
      return process.memoryUsage().heapUsed
    }
    await subject.stream(url, (piece) => {
      pieces++
      if (pieces === 1000) before = heap()
      else if (pieces > 1000) characters += piece.length
      if (pieces === count - 10) after = heap()
    })
    if (after === undefined) throw new Error(`${pieces} pieces came, not ${count}`)
    return { growth: after - before, characters }
  },

  /** Stops reading after ten pieces, waits, asks the server how far it got, leaves, asks whether it noticed. */
  async pause(subject, { url, origin }) {
    const stats = async () => (await fetch(`${origin}/stats`)).json()
    let pieces = 0
    let written
    const left = new Error('left')
    const reading = subject.stream(url, () => {
      if (++pieces < 10) return undefined
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
      const answer = await subject[kind](url)
      if (kind === 'complete' ? answer !== 'Seven.' : answer !== 5) throw new Error(`unexpected answer: ${answer}`)
    }
    return { wallMs: performance.now() - start, cpuMs: cpuSince(cpu) }
  },

  /** Milliseconds from the call to the first text, for each of some streams. */
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

  /** The arguments of a streamed tool call. */
  async tools(subject, { url }) {
    const cpu = process.cpuUsage()
    const rawArguments = await subject.toolArguments(url)
    return { cpuMs: cpuSince(cpu), length: rawArguments.length }
  },
}

process.on('message', async ({ task, ...input }) => {
  try {
    const { create } = await opening
    process.send(await TASKS[task](create(variant), input))
  } catch (error) {
    process.send({ error: `${error?.name ?? 'Error'}: ${error?.message ?? error}` })
  }
})
process.on('disconnect', () => process.exit())

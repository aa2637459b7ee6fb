import { createLMStudio, type LMStudioOptions, type LMStudioProvider } from 'lmstudio-provider'
import type { MockCall } from 'lmstudio-provider/testing'
import type { MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { caught, readAll } from '../integration/support/caught.js'
import { HELLO, startMock } from '../integration/support/provider.js'
import { closedPort } from '../integration/support/servers.js'
import { until } from '../integration/support/watch.js'
import { type Balancer, BALANCERS, type BalancerProgram } from './balancers.js'

const CHAT = '/v1/chat/completions'
const LIST = '/api/v1/models'
const THREE = [0, 1, 2]

/** The calls of a route that a machine received. */
const received = (machine: MockLMStudioServer, path: string): MockCall[] =>
  machine.calls.filter((call) => call.path === path)
const countOf = (machines: readonly MockLMStudioServer[], path: string): number =>
  machines.flatMap((machine) => received(machine, path)).length

/** Three machines behind a balancer; those in `off` do not listen. */
async function setUp(program: BalancerProgram, off: readonly number[] = []) {
  const machines: MockLMStudioServer[] = []
  const ports: number[] = []
  for (const index of THREE) {
    if (off.includes(index)) {
      ports.push(await closedPort())
    } else {
      const machine = await startMock()
      machines.push(machine)
      ports.push(machine.port)
    }
  }
  const balancer: Balancer = await program.start(ports)
  onTestFinished(() => balancer[Symbol.asyncDispose]())
  const connect = (options: LMStudioOptions = {}): LMStudioProvider =>
    // The balancer must do it alone.
    createLMStudio({ endpoint: balancer.url, cache: false, maxRetries: 0, maxConcurrency: 12, ...options })
  return { machines, balancer, connect, lmstudio: connect() }
}

describe.each(BALANCERS.map((program) => [program.name, program] as const))(
  'three machines behind %s',
  (_, program) => {
    const run = test.skipIf(!program.isInstalled)

    run('answer every kind of call', async () => {
      const { lmstudio } = await setUp(program)
      expect(await lmstudio.listModels()).toHaveLength(5)
      expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
      expect((await readAll(lmstudio.stream(HELLO))).text).toBe('You said: Hello.')
      expect((await lmstudio.embed({ model: 'text-embedding-plover-v2', input: ['a', 'b'] })).embeddings).toHaveLength(
        2,
      )
      expect(await lmstudio.healthCheck()).toMatchObject({ status: 'healthy', isLMStudio: true })
    })

    run('share the generations', async () => {
      const { lmstudio, machines } = await setUp(program)
      for (const machine of machines) machine.inject('delay-headers', { path: CHAT, times: Infinity })
      const running = THREE.flatMap(() => THREE).map(() => lmstudio.complete(HELLO))
      await until(() => countOf(machines, CHAT) === 9)
      expect(machines.map((machine) => received(machine, CHAT).length)).toEqual([3, 3, 3])
      for (const machine of machines) machine.release()
      expect((await Promise.all(running)).map(({ text }) => text)).toEqual(Array(9).fill('You said: Hello.'))
    })

    run('answer reads and generations while one of them is off, each generation once', async () => {
      const { lmstudio, machines } = await setUp(program, [1])
      for (let call = 0; call < 6; call++) {
        expect(await lmstudio.listModels()).toHaveLength(5)
        expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
      }
      expect(countOf(machines, CHAT)).toBe(6)
    })

    run('repeat a read on another machine when one dies before its response', async () => {
      const { lmstudio, machines } = await setUp(program)
      const [first, second] = machines
      first!.inject('reset', { path: LIST, times: Infinity })
      second!.inject('reset', { path: LIST, times: Infinity })
      for (let call = 0; call < 4; call++) expect(await lmstudio.listModels()).toHaveLength(5)
      expect(countOf(machines, LIST)).toBeGreaterThan(4)
    })

    run('never run a generation twice when the machine dies before its response', async () => {
      const { connect, machines } = await setUp(program)
      for (const machine of machines) machine.inject('reset', { path: CHAT, times: Infinity })
      const error = await caught(connect({ maxRetries: 3 }).complete(HELLO))
      expect(error).toMatchObject({ name: 'NetworkError', code: 'server-error', status: 502 })
      expect(countOf(machines, CHAT)).toBe(1)
    })

    run('end a stream with the partial answer when its machine dies, and answer the next call', async () => {
      const { connect, machines } = await setUp(program)
      const lmstudio = connect({ maxRetries: 3 })
      for (const machine of machines) machine.inject({ name: 'stall', afterEvents: 4 }, { path: CHAT })
      const stream = lmstudio.stream(HELLO)
      const reading = readAll(stream)
      await until(() => machines.some((machine) => received(machine, CHAT)[0]?.eventsSent === 4))
      const dying = machines.find((machine) => received(machine, CHAT).length === 1)!
      await dying.close()
      const { error, text } = await reading
      expect(error).toMatchObject({ name: 'StreamInterruptedError', code: 'stream-interrupted', partial: { text } })
      expect('You said: Hello.'.startsWith(text)).toBe(true)
      expect(text).not.toBe('')
      expect(countOf(machines, CHAT)).toBe(1)
      for (const machine of machines) if (machine !== dying) machine.reset()
      expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
      expect(await lmstudio.listModels()).toHaveLength(5)
    })

    run('finish a stream on a machine that is drained, and send other calls elsewhere', async () => {
      const { lmstudio, machines, balancer } = await setUp(program)
      for (const machine of machines) machine.inject({ name: 'stall', afterEvents: 4 }, { path: CHAT })
      const reading = readAll(lmstudio.stream(HELLO))
      await until(() => machines.some((machine) => received(machine, CHAT)[0]?.eventsSent === 4))
      const index = machines.findIndex((machine) => received(machine, CHAT).length === 1)
      const drained = machines[index]!
      for (const machine of machines) if (machine !== drained) machine.reset()
      await balancer.drain(index)
      for (let call = 0; call < 6; call++) expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
      expect(received(drained, CHAT)).toHaveLength(1)
      drained.release()
      expect(await reading).toMatchObject({ text: 'You said: Hello.', error: undefined })
    })

    run('give a slow machine no further request while another is free', async () => {
      const { lmstudio, machines } = await setUp(program)
      for (const machine of machines) machine.inject('delay-headers', { path: CHAT })
      const slow = lmstudio.complete(HELLO)
      await until(() => countOf(machines, CHAT) === 1)
      const busy = machines.find((machine) => received(machine, CHAT).length === 1)!
      for (const machine of machines) if (machine !== busy) machine.reset()
      for (let call = 0; call < 6; call++) expect((await lmstudio.complete(HELLO)).text).toBe('You said: Hello.')
      expect(received(busy, CHAT)).toHaveLength(1)
      busy.release()
      expect((await slow).text).toBe('You said: Hello.')
    })

    run.each(['before the response', 'in a stream'])('stop a generation that is aborted %s', async (phase) => {
      const { lmstudio, machines } = await setUp(program)
      const isStream = phase === 'in a stream'
      for (const machine of machines) {
        machine.inject(isStream ? { name: 'stall', afterEvents: 4 } : 'delay-headers', { path: CHAT })
      }
      const controller = new AbortController()
      const { signal } = controller
      const running = caught(
        isStream ? lmstudio.stream(HELLO, { signal }).response : lmstudio.complete(HELLO, { signal }),
      )
      await until(() => countOf(machines, CHAT) === 1)
      const [call] = machines.flatMap((machine) => received(machine, CHAT))
      if (isStream) await until(() => call!.eventsSent === 4)
      controller.abort('enough')
      expect(await running).toBe('enough')
      expect(await call!.finished).toBe('aborted')
    })

    run('report a server error when all of them are off', async () => {
      const { lmstudio } = await setUp(program, THREE)
      for (const call of [() => lmstudio.listModels(), () => lmstudio.complete(HELLO)]) {
        expect(await caught(call())).toMatchObject({
          name: 'NetworkError',
          code: 'server-error',
          status: program.name === 'nginx' ? 502 : 503,
        })
      }
      expect(await lmstudio.healthCheck()).toMatchObject({ status: 'degraded', diagnosis: { code: 'server-error' } })
    })
  },
)

import * as library from 'lmstudio-provider'
import { setImmediate } from 'node:timers/promises'
import { createWorkload } from './workload.js'

// The process of the Node soak: makes the windows of calls that the other process asks for.

const [endpoint = '', concurrency = '1'] = process.argv.slice(2)
const workload = createWorkload(library, { endpoint, concurrency: Number(concurrency) })
const { gc } = globalThis as { readonly gc?: () => void }
if (gc === undefined) throw new Error('Start this file with --expose-gc.')
let unhandled = 0
process.on('unhandledRejection', () => unhandled++)

/** The heap in bytes. Finalizers free more after the first collection. */
async function heapSize(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    gc!()
    for (let turn = 0; turn < 10; turn++) await setImmediate()
  }
  return process.memoryUsage().heapUsed
}

process.on('message', ({ from, to }: { readonly from: number; readonly to: number }) => {
  void workload.run(from, to).then(async (report) => {
    process.send!({ ...report, unhandled, heap: await heapSize() })
  })
})

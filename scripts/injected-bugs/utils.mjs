// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const utils = [
  {
    file: 'utils/abort.ts',
    find: "signal.removeEventListener('abort', fanOut.onAbort)",
    replace: 'void fanOut.onAbort',
    tests: ['test/utils/abort.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'the last listener stays on the signal of the caller',
  },
  {
    file: 'utils/abort.ts',
    find: '.finally(() => clearTimeout(timer))',
    replace: '',
    tests: ['test/utils/abort.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'an aborted wait leaves its timer',
  },
  {
    file: 'utils/abort.ts',
    find: 'if (!signal.aborted) return onAbort(signal, follow)',
    replace: 'return onAbort(signal, follow)',
    tests: ['test/utils/abort.test.ts', 'test/integration/abort.test.ts'],
    note: 'a signal that is already aborted is not followed',
  },
  {
    file: 'utils/semaphore.ts',
    find: 'if (!isHeld) return',
    replace: '',
    tests: ['test/utils/semaphore.test.ts'],
    note: 'releasing twice frees two places',
  },
  {
    file: 'utils/semaphore.ts',
    find: 'if (next === undefined) free++',
    replace: 'free++\n      if (next === undefined) return',
    tests: ['test/utils/semaphore.test.ts'],
    note: 'handing over a place also frees one, so more run at once than allowed',
  },
  {
    file: 'utils/semaphore.ts',
    find: 'stopListening?.()',
    replace: 'void stopListening',
    tests: ['test/utils/semaphore.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'a waiting caller leaves its listener',
  },
  {
    file: 'utils/address.ts',
    find: 'a === 172 && b >= 16 && b < 32',
    replace: 'a === 172 && b >= 16 && b < 31',
    tests: ['test/utils/address.test.ts', 'test/config/endpoint.test.ts'],
    note: '172.31.0.0/16 counts as public',
  },
  {
    file: 'utils/address.ts',
    find: 'b >= 64 && b < 128',
    replace: 'b >= 64 && b < 127',
    tests: ['test/utils/address.test.ts', 'test/config/endpoint.test.ts'],
    note: '100.127.0.0/16 counts as public',
  },
  {
    file: 'utils/image.ts',
    find: 'bytes.length < 24',
    replace: 'bytes.length < 20',
    tests: ['test/utils/image.test.ts'],
    note: 'reading the size of a PNG whose header is cut throws',
  },
  {
    file: 'utils/single-flight.ts',
    find: 'flight.controller?.abort(signal.reason)',
    replace: 'void flight.controller',
    tests: ['test/utils/single-flight.test.ts', 'test/integration/call-options.test.ts'],
    note: 'shared work continues after every caller has aborted',
  },
  {
    file: 'utils/edit-distance.ts',
    find: 'Math.floor(wanted.length / 3)',
    replace: 'Math.floor(wanted.length / 2)',
    tests: ['test/utils/edit-distance.test.ts'],
    note: 'a suggestion may differ in half of its letters',
  },
]

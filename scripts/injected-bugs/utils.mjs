// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const utils = [
  {
    file: 'utils/abort.ts',
    find: "signal.removeEventListener('abort', fanOut.fire)",
    replace: 'void fanOut.fire',
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
    file: 'utils/semaphore.ts',
    find: 'if (!held) return',
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
    find: 'flight.controller.abort(signal.reason)',
    replace: 'void flight.controller',
    tests: ['test/utils/single-flight.test.ts', 'test/cache/cached-value.test.ts'],
    note: 'shared work goes on after every caller has aborted',
  },
]

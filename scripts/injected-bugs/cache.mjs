// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const cache = [
  {
    file: 'cache/cached-value.ts',
    find: 'age < ttl',
    replace: 'age <= ttl',
    tests: ['test/cache/cached-value.test.ts'],
    note: 'an entry that is exactly as old as its time to live counts as fresh',
  },
  {
    file: 'cache/cached-value.ts',
    find: 'age >= 0 && ',
    replace: '',
    tests: ['test/cache/cached-value.test.ts'],
    note: 'an entry from the future counts as fresh',
  },
  {
    file: 'cache/cached-value.ts',
    find: 'clearTimeout(timer)',
    replace: 'void timer',
    tests: ['test/cache/cached-value.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'the time limit of an adapter stays after the adapter has responded',
  },
  {
    file: 'cache/cached-value.ts',
    find: 'ADAPTER_TIMEOUT_MS = 1_000',
    replace: 'ADAPTER_TIMEOUT_MS = 10_000',
    tests: ['test/cache/cached-value.test.ts'],
    note: 'an adapter that hangs delays a call by 10 s',
  },
  {
    file: 'cache/cached-value.ts',
    find: '&& number > lastStored',
    replace: '',
    tests: ['test/cache/cached-value.test.ts'],
    note: 'a slow load overwrites the result of a later one',
  },
  {
    file: 'cache/cached-value.ts',
    find: 'isInvalidated = true',
    replace: 'void isInvalidated',
    tests: ['test/cache/cached-value.test.ts'],
    note: 'an entry that the adapter fails to delete is used again',
  },
  {
    file: 'cache/adapters.ts',
    find: 'get: (key) => structuredClone(entries.get(key))',
    replace: 'get: (key) => entries.get(key)',
    tests: ['test/contract/cache-adapters.test.ts', 'test/cache/adapters.test.ts'],
    note: 'memoryCache hands out its own values',
  },
]

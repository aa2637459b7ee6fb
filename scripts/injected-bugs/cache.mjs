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
    find: 'clearTimeout(timer)',
    replace: 'void timer',
    tests: ['test/cache/cached-value.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'the time limit of an adapter stays after the adapter has responded',
  },
]

// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const diagnostics = [
  {
    file: 'diagnostics/discover.ts',
    find: 'PROBE_MS = 1_500',
    replace: 'PROBE_MS = 15_000',
    tests: ['test/diagnostics/discover.test.ts', 'test/integration/discovery.test.ts'],
    note: 'each address is tried for 15 s',
  },
]

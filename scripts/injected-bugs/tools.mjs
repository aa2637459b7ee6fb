// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const tools = [
  {
    file: 'tools/loop-request.ts',
    find: 'MAX_ROUNDS = 8',
    replace: 'MAX_ROUNDS = 9',
    tests: ['test/tools/run-tools.test.ts', 'test/integration/tools.test.ts'],
    note: 'wrong default of maxRounds',
  },
  {
    file: 'tools/run-tools.ts',
    find: '  } finally {\n    unlink()',
    replace: '  } finally {\n    void unlink',
    tests: ['test/tools/run-tools.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'the listener stays on the signal of the caller',
  },
]

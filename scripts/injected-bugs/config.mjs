// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const config = [
  {
    file: 'config/defaults.ts',
    find: 'idleTimeout: 120_000',
    replace: 'idleTimeout: 12_000',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of idleTimeout',
  },
  {
    file: 'config/defaults.ts',
    find: 'maxConcurrency: 4',
    replace: 'maxConcurrency: 5',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of maxConcurrency',
  },
  {
    file: 'config/resolve-config.ts',
    find: 'maxRetries: whole(0, 100)',
    replace: 'maxRetries: whole(0, 99)',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'maxRetries of 100 is rejected',
  },
  {
    file: 'config/resolve-config.ts',
    find: 'logged.catch(ignore)',
    replace: 'void ignore',
    tests: ['test/integration/complete.test.ts'],
    note: 'an asynchronous logger that fails causes an unhandled rejection',
  },
]

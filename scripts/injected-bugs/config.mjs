// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const config = [
  {
    file: 'config/defaults.ts',
    find: '\n  timeout: 30_000',
    replace: '\n  timeout: 3_000',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of timeout',
  },
  {
    file: 'config/defaults.ts',
    find: '\n  generationTimeout: 600_000',
    replace: '\n  generationTimeout: 60_000',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of generationTimeout',
  },
  {
    file: 'config/defaults.ts',
    find: '\n  idleTimeout: 120_000',
    replace: '\n  idleTimeout: 12_000',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of idleTimeout',
  },
  {
    file: 'config/defaults.ts',
    find: '\n  maxRetries: 3,',
    replace: '\n  maxRetries: 2,',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of maxRetries',
  },
  {
    file: 'config/defaults.ts',
    find: '\n  cacheTtl: 300_000',
    replace: '\n  cacheTtl: 30_000',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of cacheTtl',
  },
  {
    file: 'config/defaults.ts',
    find: '\n  maxConcurrency: 4,',
    replace: '\n  maxConcurrency: 5,',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'wrong default of maxConcurrency',
  },
  {
    file: 'config/resolve-config.ts',
    find: 'Promise.resolve(result).catch(ignore)',
    replace: 'void result',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'an asynchronous logger that fails causes an unhandled rejection',
  },
  {
    file: 'config/resolve-config.ts',
    find: 'MAX_MS = 2_147_483_647',
    replace: 'MAX_MS = 2_147_483_648',
    tests: ['test/config/resolve-config.test.ts'],
    note: 'a time limit may exceed what a timer can hold',
  },
  {
    file: 'config/endpoint.ts',
    find: '/\\/+(v1|api\\/v0|api\\/v1)?\\/*$/',
    replace: '/\\/+(v1|api\\/v1)?\\/*$/',
    tests: ['test/config/endpoint.test.ts', 'test/integration/complete.test.ts'],
    note: '/api/v0 is not removed from an endpoint',
  },
  {
    file: 'config/endpoint.ts',
    find: "space === 'public' && !allowRemote &&",
    replace: "space === 'public' && allowRemote === undefined &&",
    tests: ['test/config/endpoint.test.ts', 'test/integration/security.test.ts'],
    note: 'public addresses are allowed by default',
  },
  {
    file: 'config/headers.ts',
    find: '/[\\r\\n\\0]/',
    replace: '/[\\r\\0]/',
    tests: ['test/integration/limits.test.ts'],
    note: 'a header value may end with a line feed',
  },
]

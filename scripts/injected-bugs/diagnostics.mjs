// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const diagnostics = [
  {
    file: 'diagnostics/discover.ts',
    find: 'PROBE_MS = 1_500',
    replace: 'PROBE_MS = 15_000',
    tests: ['test/integration/call-options.test.ts'],
    note: 'each address is tried for 15 s',
  },
  {
    file: 'diagnostics/discover.ts',
    find: 'if (!all.has(endpoint)) all.set',
    replace: 'all.set',
    tests: ['test/integration/call-options.test.ts'],
    note: 'a configured endpoint that equals a default address loses its token',
  },
  {
    file: 'diagnostics/discover.ts',
    find: 'const credentials = isConfigured ? { apiToken, headers } : {}',
    replace: 'const credentials = { apiToken, headers }',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the token is sent to every address',
  },
  {
    file: 'diagnostics/diagnose.ts',
    find: 'identifyServer(client, { signal })',
    replace: 'identifyServer(client)',
    tests: ['test/integration/call-options.test.ts'],
    note: 'diagnose ignores the signal',
  },
  {
    file: 'diagnostics/diagnose.ts',
    find: 'PATIENCE_MS = 5_000',
    replace: 'PATIENCE_MS = 50_000',
    tests: ['test/integration/call-options.test.ts'],
    note: 'diagnose waits 50 s for each response',
  },
]

// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const diagnostics = [
  {
    file: 'diagnostics/probe.ts',
    find: 'PROBE_TIMEOUT_MS = 1_500',
    replace: 'PROBE_TIMEOUT_MS = 15_000',
    tests: ['test/integration/call-options.test.ts'],
    note: 'each address is tried for 15 s',
  },
  {
    file: 'diagnostics/probe.ts',
    find: 'const credentials = isConfigured ? { apiToken, headers } : {}',
    replace: 'const credentials = { apiToken, headers }',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the token is sent to every address',
  },
  {
    file: 'diagnostics/probe.ts',
    find: 'CONCURRENCY = 8',
    replace: 'CONCURRENCY = 80',
    tests: ['test/diagnostics/discover.test.ts'],
    note: 'eighty addresses are tried at once',
  },
  {
    file: 'diagnostics/candidates.ts',
    find: 'if (!candidates.has(endpoint))\n      candidates.set',
    replace: 'candidates.set',
    tests: ['test/integration/call-options.test.ts'],
    note: 'a configured endpoint that equals a default address loses its token',
  },
  {
    file: 'diagnostics/candidates.ts',
    find: 'to - from < MAX_PORTS',
    replace: 'to - from <= MAX_PORTS',
    tests: ['test/diagnostics/discover.test.ts'],
    note: 'a range may have 1,001 ports',
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
    find: 'DEFAULT_TIMEOUT_MS = 5_000',
    replace: 'DEFAULT_TIMEOUT_MS = 50_000',
    tests: ['test/integration/call-options.test.ts'],
    note: 'diagnose waits 50 s for each response',
  },
  {
    file: 'diagnostics/discover.ts',
    find: '    unfollow()\n',
    replace: '',
    tests: ['test/integration/leftovers.test.ts'],
    note: 'the listener stays on the signal of the caller',
  },
  {
    file: 'diagnostics/identify-server.ts',
    find: 'fetchModels(client, callOptions)',
    replace: 'fetchModels(client)',
    tests: ['test/integration/call-options.test.ts'],
    note: 'healthCheck drops the options for the list of models',
  },
  {
    file: 'diagnostics/identify-server.ts',
    find: 'throwIfAborted(signal)',
    replace: 'void signal',
    tests: ['test/integration/abort-reasons.test.ts'],
    note: 'an abort reason that is an error of this package becomes a report',
  },
  {
    file: 'diagnostics/cors-check.ts',
    find: "allowed === '*' || allowed === origin",
    replace: 'allowed !== null',
    tests: ['test/integration/diagnose-origin.test.ts'],
    note: 'a server that allows another origin passes',
  },
  {
    file: 'diagnostics/cors-check.ts',
    find: 'status < 200 || status > 299',
    replace: 'status < 200 || status > 399',
    tests: ['test/integration/diagnose-origin.test.ts'],
    note: 'a redirected preflight passes',
  },
]

// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const models = [
  {
    file: 'models/model-catalog.ts',
    find: 'JSON.stringify([limits.timeout, limits.maxRetries])',
    replace: "''",
    tests: ['test/models/model-catalog.test.ts', 'test/integration/call-options.test.ts'],
    note: 'a caller with other limits shares the request of another caller',
  },
  {
    file: 'models/missing-model.ts',
    find: 'maxRetries: 0, signal, headers',
    replace: 'maxRetries: 0, signal',
    tests: ['test/integration/call-options.test.ts', 'test/integration/errors.test.ts'],
    note: 'the lookup that explains a missing model drops the headers of the call',
  },
  {
    file: 'models/missing-model.ts',
    find: 'PATIENCE_MS = 2_000',
    replace: 'PATIENCE_MS = 20_000',
    tests: ['test/integration/call-options.test.ts', 'test/integration/errors.test.ts'],
    note: 'the lookup that explains a missing model may take 20 s',
  },
  {
    file: 'models/load-model.ts',
    find: "kind: 'change' },\n      options,",
    replace: "kind: 'change' },\n      { signal: options.signal },",
    tests: ['test/integration/call-options.test.ts', 'test/integration/load-model.test.ts'],
    note: 'the load request drops the options of the call',
  },
]

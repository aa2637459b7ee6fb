// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const structuredOutput = [
  {
    file: 'structured-output/generate-object.ts',
    find: 'provider.complete(toRepair(completion, error), options)',
    replace: 'provider.complete(toRepair(completion, error))',
    tests: ['test/integration/call-options.test.ts', 'test/integration/structured-output.test.ts'],
    note: 'the repair round drops the options of the call',
  },
  {
    file: 'structured-output/stream-object.ts',
    find: 'follow(provider.stream(next, options))',
    replace: 'follow(provider.stream(next))',
    tests: ['test/integration/call-options.test.ts', 'test/integration/structured-output.test.ts'],
    note: 'the repair round of the stream drops the options of the call',
  },
]

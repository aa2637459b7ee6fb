// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const structuredOutput = [
  {
    file: 'structured-output/generate-object.ts',
    find: 'await generate(toRepairRequest(completion, error))',
    replace: 'await provider.complete(toRepairRequest(completion, error))',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the repair round drops the options of the call',
  },
  {
    file: 'structured-output/stream-object.ts',
    find: 'current = provider.stream(completion, options)',
    replace: 'current = provider.stream(completion)',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the repair round of the stream drops the options of the call',
  },
  {
    file: 'structured-output/stream-object.ts',
    find: '(current as Partial<CompletionStream>).abort',
    replace: '(firstStream as Partial<CompletionStream>).abort',
    tests: [
      'test/structured-output/call-options.test.ts',
      'test/integration/structured-output.test.ts',
      'test/integration/call-options.test.ts',
    ],
    note: 'an abort in the repair round does not end its request',
  },
  {
    file: 'structured-output/repair.ts',
    find: 'MAX_LISTED_ISSUES = 20',
    replace: 'MAX_LISTED_ISSUES = 19',
    tests: ['test/structured-output/repair.test.ts'],
    note: 'the repair request lists 19 issues',
  },
]

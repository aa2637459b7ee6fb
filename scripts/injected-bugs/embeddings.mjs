// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const embeddings = [
  {
    file: 'embeddings/embed.ts',
    find: '{ ...options, signal }',
    replace: '{ signal }',
    tests: ['test/integration/call-options.test.ts', 'test/integration/embed-batches.test.ts'],
    note: 'batches drop the options of the call',
  },
  {
    file: 'embeddings/embed.ts',
    find: 'unfollow()',
    replace: 'void unfollow',
    tests: ['test/integration/leftovers.test.ts', 'test/embeddings/embed.test.ts'],
    note: 'the listener stays on the signal of the caller',
  },
]

// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const embeddings = [
  {
    file: 'embeddings/embed.ts',
    find: 'embedBatch(client, batch, { ...options, signal })',
    replace: 'embedBatch(client, batch, { signal })',
    tests: ['test/integration/call-options.test.ts'],
    note: 'batches drop the options of the call',
  },
  {
    file: 'utils/run-parallel.ts',
    find: '\n  unfollow()',
    replace: '\n  void unfollow',
    tests: ['test/integration/leftovers.test.ts'],
    note: 'the listener stays on the signal of the caller',
  },
  {
    file: 'utils/run-parallel.ts',
    find: 'controller.abort(error)',
    replace: 'void error',
    tests: ['test/integration/embed-batches.test.ts', 'test/embeddings/embed.test.ts'],
    note: 'the other batches continue after a failure',
  },
  {
    file: 'embeddings/embed-batch.ts',
    find: 'explainMissingModel(client, error, model, options)',
    replace: 'explainMissingModel(client, error, model)',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the lookup that explains a missing model drops the options of the call',
  },
  {
    file: 'embeddings/embed-batch.ts',
    find: 'index ?? position',
    replace: 'position',
    tests: ['test/embeddings/embed.test.ts', 'test/embeddings/embed.prop.test.ts', 'test/integration/embed.test.ts'],
    note: 'vectors are returned in the order of the server',
  },
  {
    file: 'embeddings/embed.ts',
    find: 'BATCH_SIZE = 64',
    replace: 'BATCH_SIZE = 65',
    tests: ['test/embeddings/embed.test.ts', 'test/integration/embed-batches.test.ts'],
    note: 'a batch has 65 texts',
  },
]

// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const completions = [
  {
    file: 'completions/request.ts',
    find: 'stream_options: requestsUsage ? { include_usage: true } : undefined',
    replace: 'stream_options: undefined',
    tests: ['test/completions/request.test.ts', 'test/integration/stream.test.ts'],
    note: 'usage is not requested for streams',
  },
  {
    file: 'completions/request.ts',
    find: '    ...request.extraBody,\n    stream,\n',
    replace: '    stream,\n    ...request.extraBody,\n',
    tests: ['test/completions/request.test.ts', 'test/integration/complete.test.ts'],
    note: 'extraBody can turn a call into a stream',
  },
  {
    file: 'completions/stream.ts',
    find: 'if (index !== this.#index) {',
    replace: 'if (index < 0) {',
    tests: ['test/completions/stream.test.ts', 'test/integration/stream.test.ts'],
    note: 'a second choice is mixed into the text',
  },
  {
    file: 'completions/stream.ts',
    find: 'if (!this.isComplete && (this.#hasOtherEnded || !this.isDone)) throw',
    replace: 'if (!this.isComplete && this.isDone) throw',
    tests: ['test/completions/stream.test.ts', 'test/integration/stream-errors.test.ts'],
    note: 'a stream that breaks counts as complete',
  },
]

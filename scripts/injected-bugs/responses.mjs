// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const responses = [
  {
    file: 'responses/request.ts',
    find: 'store: request.store,',
    replace: 'store: undefined,',
    tests: ['test/responses/request.test.ts', 'test/integration/responses.test.ts'],
    note: 'store is dropped',
  },
  {
    file: 'responses/stream.ts',
    find: "if (!this.isDone) throw interrupted('its last event')",
    replace: '',
    tests: ['test/responses/stream.test.ts', 'test/integration/responses.test.ts'],
    note: 'a response without its last event counts as complete',
  },
  {
    file: 'responses/arriving-text.ts',
    find: "return this.#emitted.restOf(whole) ?? ''",
    replace: 'return whole',
    tests: ['test/responses/stream.test.ts', 'test/integration/responses.test.ts'],
    note: 'text is emitted twice',
  },
  {
    file: 'responses/response-accumulator.ts',
    find: '(state.reasoningSource ??= kind) === kind',
    replace: 'true',
    tests: ['test/responses/stream.test.ts', 'test/responses/odd-responses.test.ts'],
    note: 'a summary repeats the reasoning',
  },
  {
    file: 'responses/response-accumulator.ts',
    find: "stage === 'added' && /^",
    replace: "stage === 'done' && /^",
    tests: ['test/responses/stream.test.ts', 'test/responses/odd-responses.test.ts'],
    note: 'the empty arguments of a call that begins stay in front of the actual ones',
  },
]

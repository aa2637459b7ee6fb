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
    file: 'responses/response-accumulator.ts',
    find: 'whole.slice(state.item.emitted.get(state.part) ?? 0)',
    replace: 'whole',
    tests: ['test/responses/stream.test.ts', 'test/integration/responses.test.ts'],
    note: 'text is emitted twice',
  },
]

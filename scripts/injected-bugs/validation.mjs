// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const validation = [
  {
    file: 'validation/validate.ts',
    find: 'list.slice(0, 3)',
    replace: 'list.slice(0, 2)',
    tests: ['test/validation/validate.test.ts'],
    note: 'the message names two issues instead of three',
  },
]

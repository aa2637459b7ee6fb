// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const decisions = [
  {
    file: 'decisions/response.ts',
    find: 'hasNames ? nameOf(answer) : names[index]!',
    replace: 'names[index]!',
    tests: ['test/decisions/decide.test.ts', 'test/decisions/response.prop.test.ts'],
    note: 'answers in another order belong to the wrong questions',
  },
  {
    file: 'decisions/response.ts',
    find: 'probability >= 0.5',
    replace: 'probability > 0.5',
    tests: ['test/decisions/decide.test.ts', 'test/decisions/response.prop.test.ts'],
    note: 'a probability of exactly one half is false',
  },
]

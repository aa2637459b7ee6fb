// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const validation = [
  {
    file: 'validation/validate.ts',
    find: 'MAX_NAMED = 3',
    replace: 'MAX_NAMED = 2',
    tests: ['test/validation/validate.test.ts'],
    note: 'the message names two issues instead of three',
  },
  {
    file: 'validation/validate.ts',
    find: 'const suggestion = alias !== undefined && known.includes(alias) ? alias : closestMatch(key, known)',
    replace: 'const suggestion = closestMatch(key, known)',
    tests: ['test/validation/validate.test.ts', 'test/config/resolve-config.test.ts'],
    note: 'names of other clients lead to no suggestion',
  },
  {
    file: 'validation/schema.ts',
    find: '(value as number) <= max',
    replace: '(value as number) < max',
    tests: ['test/config/resolve-config.test.ts', 'test/completions/request-validation.test.ts'],
    note: 'the upper bound of a number is rejected',
  },
  {
    file: 'validation/schema.ts',
    find: '(value as number) >= min',
    replace: '(value as number) > min',
    tests: ['test/config/resolve-config.test.ts', 'test/completions/request-validation.test.ts'],
    note: 'the lower bound of a number is rejected',
  },
]

// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const errors = [
  {
    file: 'errors/redact.ts',
    find: 'length * 8',
    replace: 'length',
    tests: ['test/errors/redact.test.ts', 'test/errors/redact.prop.test.ts'],
    note: 'a secret that is cut at the limit is not redacted',
  },
  {
    file: 'errors/redact.ts',
    find: '{120,}',
    replace: '{1200,}',
    tests: ['test/errors/redact.test.ts', 'test/errors/redact.prop.test.ts'],
    note: 'base64 of up to 1,199 characters is not redacted',
  },
  {
    file: 'errors/provider-error.ts',
    find: 'redact(hint ?? hintFor(code))',
    replace: 'hint ?? hintFor(code)',
    tests: ['test/errors/provider-error.test.ts'],
    note: 'hints are not redacted',
  },
]

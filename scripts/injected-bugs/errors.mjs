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
    file: 'errors/redact.ts',
    find: 'MAX_EXCERPT = 500',
    replace: 'MAX_EXCERPT = 501',
    tests: ['test/errors/redact.test.ts', 'test/http/error-body.test.ts'],
    note: 'texts of the server may have 501 characters',
  },
  {
    file: 'errors/provider-error.ts',
    find: "typeof fact === 'string' ? toSafeText(fact) : fact",
    replace: 'fact',
    tests: ['test/errors/provider-error.test.ts'],
    note: 'hints and other facts are not redacted',
  },
  {
    file: 'errors/provider-error.ts',
    find: 'Object.defineProperty(error, Symbol.for(BRAND + name)',
    replace: 'Object.defineProperty(error, Symbol(BRAND + name)',
    tests: ['test/errors/provider-error.test.ts'],
    note: 'isInstance fails for a second copy of the package',
  },
  {
    file: 'errors/error-codes.ts',
    find: "  'job-not-found': [\n    'Call `downloadModel` without `jobId`: the download starts again, or the model is reported as downloaded.',\n  ],",
    replace: "  'job-not-found': [],",
    tests: ['test/errors/error-codes.test.ts'],
    note: 'a code has no hint',
  },
  {
    file: 'errors/error-codes.ts',
    find: '...(alternative === undefined ? [] : hintsFor(alternative))',
    replace: '',
    tests: ['test/errors/error-codes.test.ts', 'test/diagnostics/diagnosis.test.ts', 'test/integration/errors.test.ts'],
    note: 'the hints of a second possible cause are dropped',
  },
  {
    file: 'errors/sanitize-cause.ts',
    find: 'MAX_DEPTH = 5',
    replace: 'MAX_DEPTH = 50',
    tests: ['test/integration/limits.test.ts'],
    note: 'causes are copied fifty levels deep',
  },
  {
    file: 'errors/caller-stack.ts',
    find: 'MAX_CALLERS = 2',
    replace: 'MAX_CALLERS = 3',
    tests: ['test/errors/caller-stack.test.ts'],
    note: 'a shared error collects the lines of three callers',
  },
  {
    file: 'errors/error-response.ts',
    find: 'Math.ceil(',
    replace: 'Math.floor(',
    tests: ['test/integration/web-responses.test.ts'],
    note: 'a retry comes up to a second before the time that the server requested',
  },
  {
    file: 'errors/error-response.ts',
    find: "if (!all.has('cache-control')) all.set",
    replace: 'all.set',
    tests: ['test/integration/web-responses.test.ts'],
    note: 'the cache header of an application is overwritten in an error response',
  },
]

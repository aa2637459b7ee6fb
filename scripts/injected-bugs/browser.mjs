// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const browser = [
  {
    file: 'browser/page.ts',
    find: 'PERMISSION_TIMEOUT_MS = 1_000',
    replace: 'PERMISSION_TIMEOUT_MS = 1_000_000',
    tests: ['test/browser/unanswered.test.ts'],
    note: 'a permission query that never settles keeps a call from ending',
  },
  {
    file: 'browser/access-error.ts',
    find: 'page.permission(target, signal)',
    replace: 'page.permission(target, undefined)',
    tests: ['test/browser/unanswered.test.ts'],
    note: 'the abort does not end the wait for the permission',
  },
  {
    file: 'browser/policy-watch.ts',
    find: "disposition === 'report' ||",
    replace: '',
    tests: ['test/browser/content-security-policy.test.ts'],
    note: 'a policy that only reports is blamed',
  },
  {
    file: 'browser/policy-watch.ts',
    find: "new URL(blockedURI ?? '').host === new URL(endpoint).host",
    replace: "new URL(blockedURI ?? '').host !== ''",
    tests: ['test/browser/content-security-policy.test.ts'],
    note: 'another request that the policy blocks is taken for this one',
  },
  {
    file: 'http/client.ts',
    find: 'policyWatch?.stop()',
    replace: 'void policyWatch',
    tests: ['test/browser/content-security-policy.test.ts'],
    note: 'a listener stays on the document after each request',
  },
  {
    file: 'http/interceptors.ts',
    find: 'Object.assign(context.options, platformInit, FIXED_OPTIONS',
    replace: 'Object.assign(context.options, FIXED_OPTIONS',
    tests: ['test/integration/caching-fetch.test.ts'],
    note: 'an interceptor can let caches answer',
  },
  {
    file: 'browser/upgraded.ts',
    find: 'startTime >= since',
    replace: 'startTime > -Infinity',
    tests: ['test/browser/content-security-policy.test.ts'],
    note: 'an earlier request to https counts as changed by the policy',
  },
]

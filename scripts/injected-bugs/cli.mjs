// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const cli = [
  {
    file: 'cli/proxy/server.ts',
    find: 'if (!hosts.includes(host.toLowerCase()))',
    replace: 'if (hosts.length === 0)',
    tests: ['test/cli/proxy.test.ts'],
    note: 'a page whose name was rebound to 127.0.0.1 can use the proxy',
  },
  {
    file: 'cli/proxy/server.ts',
    find: 'if (!options.origins.includes(origin))',
    replace: 'if (options.origins.length === 0)',
    tests: ['test/cli/proxy.test.ts'],
    note: 'a page of any origin can use the proxy',
  },
  {
    file: 'cli/proxy/server.ts',
    find: 'if (!response.writableFinished) upstream.destroy()',
    replace: '',
    tests: ['test/cli/proxy.test.ts'],
    note: 'the server goes on after a page has left',
  },
  {
    file: 'cli/proxy/server.ts',
    find: "FORWARDED = ['accept',",
    replace: "FORWARDED = ['cookie', 'accept',",
    tests: ['test/cli/proxy.test.ts'],
    note: 'the cookies of a page reach the server',
  },
]

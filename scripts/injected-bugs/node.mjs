// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const node = [
  {
    file: 'node/load-config.ts',
    find: 'if (folder !== undefined && isAbsolute(folder)) return folder',
    replace: 'if (folder !== undefined) return folder',
    tests: ['test/node/load-config.test.ts'],
    note: 'a relative XDG_CONFIG_HOME is used',
  },
  {
    file: 'node/load-config.ts',
    find: 'MIN_TOKEN_LENGTH = 6',
    replace: 'MIN_TOKEN_LENGTH = 600',
    tests: ['test/node/load-config.test.ts'],
    note: 'a token in another variable is not found',
  },
  {
    file: 'node/config-file.ts',
    find: 'rejectToken(entry.value, source, tokens)',
    replace: '',
    tests: ['test/node/load-config.test.ts', 'test/node/json-entries.test.ts', 'test/node/toml-entries.test.ts'],
    note: 'a token as a value of a config file is not rejected',
  },
]

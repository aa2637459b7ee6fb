// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const jsonSchema = [
  {
    file: 'json-schema/schema-issues.ts',
    find: '    this.#seen.add(schema)\n',
    replace: '',
    tests: ['test/json-schema/schema-issues.test.ts'],
    note: 'a circular schema cannot be checked',
  },
  {
    file: 'json-schema/schema-issues.ts',
    find: "keyword === 'patternProperties' && !isPattern(key)",
    replace: "keyword === 'patternProperties' && key === ''",
    tests: ['test/json-schema/schema-issues.test.ts'],
    note: 'the names of patternProperties are not checked',
  },
  {
    file: 'json-schema/schema-issues.ts',
    find: "|| (shape === 'list' && value.length === 0)",
    replace: '',
    tests: ['test/json-schema/schema-issues.test.ts'],
    note: 'an empty list of schemas passes',
  },
]

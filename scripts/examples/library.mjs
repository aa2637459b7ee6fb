// @ts-check
// The built library, with the types of its sources, because types are checked without a build.
const dist = new URL('../../dist/', import.meta.url)

/** @type {typeof import('../../src/index.js')} */
export const library = await import(new URL('index.js', dist).href)

/** @type {typeof import('../../src/testing/node-server.js')} */
export const testing = await import(new URL('testing-node.js', dist).href)

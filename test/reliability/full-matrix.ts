// What `npm run reliability -- matrix` imports.
export { allCells, seeded, selectPairs } from './cells.js'
export { runMatrix } from './run-matrix.js'

import type { RespondResponse } from '../../src/responses/types.js'

/** A response without the fields that depend on the clock. */
export const contentOfResponse = (response: RespondResponse): object => ({
  ...response,
  stats: undefined,
  raw: undefined,
})

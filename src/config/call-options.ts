import type * as v from 'valibot'
import type { CallOptions } from './options.js'
import { optional } from '../validation/schema.js'

// The commonest slip: what belongs to the call is put into the request.
function callOptionsBelong(argument: string): Readonly<Record<keyof CallOptions, v.GenericSchema>> {
  const misplaced = optional(() => false, `goes into the ${argument} argument, among the call options`)
  return { signal: misplaced, timeout: misplaced, maxRetries: misplaced, headers: misplaced }
}

/** The call options, none of which a request may have. */
export const callOptionEntries: Readonly<Record<keyof CallOptions, v.GenericSchema>> =
  /* @__PURE__ */ callOptionsBelong('second')

/** The same for settings that are a second argument themselves. */
export const callOptionEntriesOfSettings: Readonly<Record<keyof CallOptions, v.GenericSchema>> =
  /* @__PURE__ */ callOptionsBelong('third')

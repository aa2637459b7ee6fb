import { type EntriesOf, optional } from '../validation/schema.js'
import type { CallOptions } from './options.js'

// A common mistake: passing an option of the call inside the request.
/* @__NO_SIDE_EFFECTS__ */
function misplacedEntries(argument: string) {
  const misplaced = optional<never>(() => false, `is a call option: pass it in the ${argument} argument`)
  return {
    signal: misplaced,
    timeout: misplaced,
    maxRetries: misplaced,
    headers: misplaced,
  } satisfies EntriesOf<CallOptions>
}

/** Entries of a request schema that reject call options, for a verb that takes the options as its second argument. */
export const callOptionEntries = /* @__PURE__ */ misplacedEntries('second')

/** Entries of a request schema that reject call options, for a verb that takes the options as its third argument. */
export const callOptionEntriesOfSettings = /* @__PURE__ */ misplacedEntries('third')

import * as v from 'valibot'

// Fields that several option and request schemas share.

/** A text with something in it. */
export const name: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.check((value) => value.trim() !== '', 'must not be empty'),
)

/** An optional number within bounds; `Infinity` as a bound is none. */
export function range(min: number, max: number, unit = 'number'): v.GenericSchema<number | undefined> {
  const message = `must be a ${unit}${bounds(min, max)}`
  return v.optional(
    v.pipe(
      v.number(message),
      v.check((value) => Number.isFinite(value) && value >= min && value <= max, message),
    ),
  )
}

/** An optional whole number within bounds. */
export function whole(min: number, max: number = Infinity): v.GenericSchema<number | undefined> {
  const message = `must be a whole number${bounds(min, max)}`
  return v.optional(
    v.pipe(
      v.number(message),
      v.check((value) => Number.isSafeInteger(value) && value >= min && value <= max, message),
    ),
  )
}

const bounds = (min: number, max: number): string =>
  max !== Infinity ? ` from ${min} to ${max}` : min === -Infinity ? '' : ` from ${min}`

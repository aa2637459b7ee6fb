/** The wait a `Retry-After` header asks for, milliseconds: from seconds or a date; `undefined` when absent or unreadable. */
export function readRetryAfter(headers: Headers | undefined, now: number = Date.now()): number | undefined {
  const value = headers?.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  // `Date.parse` makes a year of almost anything; every HTTP date names its month.
  const ms = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : /[a-z]{3}/i.test(value)
      ? Date.parse(value) - now
      : NaN
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

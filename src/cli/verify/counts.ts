import type { ProbeResult } from './types.js'

/** Returns how many assumptions have each outcome. */
export function counts(results: readonly ProbeResult[]): { held: number; failed: number; notTried: number } {
  const outcomes = results.flatMap(({ findings }) => findings.map(({ outcome }) => outcome))
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length
  return { held: count('held'), failed: count('failed'), notTried: count('not-tried') }
}

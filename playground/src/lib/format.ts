const whole = new Intl.NumberFormat('en')
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** `85 ms`, `1.2 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(1, Math.round(ms))} ms`
  if (ms < 60_000) return `${oneDigit.format(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `8,192`; a dash for `undefined`. */
export const count = (value: number | undefined): string => (value === undefined ? '–' : whole.format(value))

/** `1 retry`, `2 retries`, `8,192 tokens`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${whole.format(value)} ${value === 1 ? one : many}`

/** `1.5`, `60.0`. */
export const decimal = (value: number): string => oneDigit.format(value)

/** `3.1 GB`: decimal units, as in LM Studio. */
export function bytes(value: number | undefined): string {
  if (value === undefined) return '–'
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1)
  return power === 0 ? `${whole.format(value)} B` : `${oneDigit.format(value / 1000 ** power)} ${units[power]}`
}

/** `just now`, `20 s ago`, `5 min ago`, `2 h ago`, `3 days ago`. */
export function ago(ms: number): string {
  if (ms < 5_000) return 'just now'
  if (ms < 60_000) return `${Math.round(ms / 1000)} s ago`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min ago`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h ago`
  return `${whole.format(Math.round(ms / 86_400_000))} days ago`
}

import { CONTROLS, INVISIBLE } from './text.js'

/** Returns a result without the body that the server sent, which would repeat everything. */
export function withoutRaw<T extends { readonly raw: unknown }>(value: T): Omit<T, 'raw'> {
  const { raw: _, ...rest } = value
  return rest
}

/** Returns a value as lines of JSON that a terminal can show: JSON itself leaves many control characters as they are. */
export function jsonLines(value: unknown, indent?: number): string {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  const json = JSON.stringify(value, undefined, indent)
  return `${json.replaceAll(CONTROLS, escape).replaceAll(INVISIBLE, escape)}\n`
}

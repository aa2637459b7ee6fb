import { styleText } from 'node:util'
import type { IO, Output } from './io.js'

type Format = Parameters<typeof styleText>[0]

/** Functions that color a text, or return it unchanged where colors are off. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

/** Returns the style for a stream: colors on a terminal, unless NO_COLOR or FORCE_COLOR decide otherwise. */
export function styleFor(stream: Output, env: IO['env']): Style {
  const isColored = hasColors(stream, env)
  const style =
    (format: Format) =>
    (text: string): string =>
      // Whether to color is decided above: newer versions of Node would check their own standard output instead.
      isColored && text !== '' ? styleText(format, text, { validateStream: false }) : text
  return { bold: style('bold'), dim: style('dim'), red: style('red'), green: style('green'), yellow: style('yellow') }
}

/** As in Node itself, FORCE_COLOR takes precedence over NO_COLOR. */
function hasColors(stream: Output, { FORCE_COLOR, NO_COLOR, TERM }: IO['env']): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  return stream.isTTY === true && TERM !== 'dumb'
}

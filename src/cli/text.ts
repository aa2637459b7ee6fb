import { excerpt } from '../errors/redact.js'

/** Longest text of a server that is shown on one line, in characters. */
const MAX_LINE = 300

// Directional controls can reorder what a person reads; C0 and C1 controls can change the terminal. The two joiners stay:
// emoji and several scripts need them.
export const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu
export const CONTROLS = /(?![\n\t])\p{Cc}/gu

/** Returns a text of a server as one printable line without secrets. */
export function oneLine(text: string, length: number = MAX_LINE): string {
  return excerpt(text.replaceAll(INVISIBLE, ''), length).replaceAll(/\s+/gu, ' ')
}

/** Removes what could change the terminal from a response of a model. Its line breaks and tabs stay. */
export function forTerminal(text: string): string {
  return text.replaceAll(CONTROLS, '').replaceAll(INVISIBLE, '')
}

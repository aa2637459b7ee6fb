const atom = /\\d|\\w|\\s|\\.|\[[^\]]*\]|\((?:\?:)?[^()]*\)|[^\\[\]()*+?{}|^$]/uy
const count = /\{(\d+)(?:,\d*)?\}|[*+?]/uy

/** Longest repetition that is written out. */
const MAX_REPEATS = 10_000

function sampleAtom(text: string): string {
  if (text === '\\d') return '4'
  if (text === '\\w') return 'a'
  if (text === '\\s') return ' '
  if (text === '.') return 'a'
  if (text.startsWith('\\')) return text.slice(1)
  if (text.startsWith('(')) return sampleFromPattern(text.replace(/^\((?:\?:)?/u, '').slice(0, -1)) ?? ''
  if (text.startsWith('[')) {
    const inside = text.slice(1, -1)
    if (inside.startsWith('^')) return ['a', '4', '-', ' '].find((one) => !inside.includes(one)) ?? 'z'
    return inside.startsWith('\\') ? sampleAtom(inside.slice(0, 2)) : (inside[0] ?? '')
  }
  return text
}

/**
 * Returns a string that matches a simple pattern: literals, classes, one level of groups, counts. `undefined` for other
 * patterns. The result is checked against the pattern, so a wrong guess is never returned.
 */
export function sampleFromPattern(pattern: string): string | undefined {
  const source = pattern.replace(/^\^/u, '').replace(/\$$/u, '').split('|')[0] ?? ''
  let text = ''
  let position = 0
  while (position < source.length) {
    atom.lastIndex = position
    const one = atom.exec(source)?.[0]
    if (one === undefined) return undefined
    position += one.length
    count.lastIndex = position
    const repeat = count.exec(source)
    if (repeat !== null) position += repeat[0].length
    if (Number(repeat?.[1] ?? 0) > MAX_REPEATS) return undefined
    const times = repeat === null ? 1 : repeat[1] === undefined ? (repeat[0] === '+' ? 3 : 1) : Number(repeat[1])
    text += sampleAtom(one).repeat(times)
  }
  try {
    return new RegExp(pattern, 'u').test(text) ? text : undefined
  } catch {
    return undefined
  }
}

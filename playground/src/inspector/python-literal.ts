/** Serializes a JSON value as Python. */
export function toPython(value: unknown, indent = ''): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  // JSON's escapes are also Python's, but Python has no surrogate pairs: leave other characters as they are.
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  const inner = `${indent}    `
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((item: unknown) => toPython(item, inner))]
    : ['{', '}', Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${toPython(member, inner)}`)]
  const short = open + parts.join(', ') + close
  if (short.length <= 80 && !short.includes('\n')) return short
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`
}

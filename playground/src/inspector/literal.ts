const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** Code to insert unquoted, such as a variable. */
export interface Code {
  readonly code: string
}

const codes = new WeakSet<object>()

export function rawCode(code: string): Code {
  const wrapper = { code }
  codes.add(wrapper)
  return wrapper
}

/**
 * Serializes a JSON value as JavaScript. Members that are `undefined` are omitted. The result is safe inside a `<script>`
 * element, even if a string contains `</script>`.
 */
export function toSource(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (codes.has(value)) return (value as Code).code
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => toSource(item, inner))
    const canBeShort = value.every((item) => typeof item !== 'object')
    return wrap('[]', items, { indent, canBeShort })
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${nameSource(name)}: ${toSource(member, inner)}`)
  return wrap('{}', members, { indent, canBeShort: members.length === 1 })
}

const WIDTH = 90

interface Layout {
  readonly indent: string
  /** Whether one line is enough for parts that fit. */
  readonly canBeShort: boolean
}

function wrap(brackets: '[]' | '{}', parts: readonly string[], { indent, canBeShort }: Layout): string {
  if (parts.length === 0) return brackets
  const [open, close] = brackets
  const space = brackets === '{}' ? ' ' : ''
  const short = `${open}${space}${parts.join(', ')}${space}${close}`
  if (canBeShort && short.length <= WIDTH && !short.includes('\n')) return short
  return `${open}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close}`
}

function nameSource(name: string): string {
  // A plain `__proto__` key would set the prototype.
  if (name === '__proto__') return `['__proto__']`
  return NAME.test(name) ? name : quote(name)
}

function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner
    .replaceAll(/<(?=[/!s])/gi, '\\u003C')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')}'`
}

// A chain of causes longer than this explains nothing any more; it may also be a circle.
const MAX_DEPTH = 5

/**
 * A foreign error as it may be handed on: its name, code, message and stack frames, and those of its causes, each text
 * passed through `clean`. Everything else stays behind, because clients hang whole requests on their errors.
 */
export function copyCause(cause: unknown, clean: (text: string) => string, depth = 0): unknown {
  if (typeof cause === 'string') return clean(cause)
  if (typeof cause !== 'object' || cause === null) return cause
  if (!(cause instanceof Error)) return `a thrown ${Object.prototype.toString.call(cause).slice(8, -1)}`
  if (depth === MAX_DEPTH) return undefined
  const {
    name,
    message,
    stack = '',
    code,
    errors,
  } = cause as Error & { readonly code?: unknown; readonly errors?: unknown }
  const inner = cause.cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  const copy = new Error(
    clean(message),
    inner === undefined ? undefined : { cause: copyCause(inner, clean, depth + 1) },
  )
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  copy.stack = [`${clean(name)}: ${copy.message}`, ...frames.map(clean)].join('\n')
  const kept = typeof code === 'number' ? { code } : typeof code === 'string' ? { code: clean(code) } : {}
  return Object.assign(copy, { name: clean(name) }, kept)
}

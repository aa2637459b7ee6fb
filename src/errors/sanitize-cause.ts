// A chain of causes longer than this explains nothing any more; it may also be a circle.
const MAX_DEPTH = 5
// What Node puts on its own errors; anything else can be a whole request.
const SAFE_PROPERTIES = /^(name|message|stack|cause|code|errno|syscall|hostname|address|port)$/

type Clean = (text: string) => string

/**
 * A foreign error as it may be handed on: itself when nothing about it is a secret, else a copy that keeps its name,
 * code, message and stack frames, and those of its causes. Clients hang whole requests on their errors.
 */
export function sanitizeCause(cause: unknown, clean: Clean): unknown {
  if (typeof cause === 'string') return clean(cause)
  if (typeof cause !== 'object' || cause === null) return cause
  return isHarmless(cause, clean, 0) ? cause : copy(cause, clean, 0)
}

function isHarmless(value: unknown, clean: Clean, depth: number): boolean {
  if (typeof value === 'string') return clean(value) === value
  if (typeof value !== 'object' || value === null) return true
  if (!(value instanceof Error) || depth === MAX_DEPTH) return false
  return Object.getOwnPropertyNames(value).every((name) => {
    if (!SAFE_PROPERTIES.test(name)) return false
    return isHarmless((value as unknown as Record<string, unknown>)[name], clean, depth + 1)
  })
}

function copy(cause: unknown, clean: Clean, depth: number): unknown {
  if (!(cause instanceof Error))
    return typeof cause === 'string' ? clean(cause) : `a thrown ${Object.prototype.toString.call(cause).slice(8, -1)}`
  if (depth === MAX_DEPTH) return undefined
  const { code, errors } = cause as Error & { readonly code?: unknown; readonly errors?: unknown }
  // Whoever throws an Error may have put anything in the place of its texts.
  const [name, message, stack] = [cause.name, cause.message, cause.stack].map((text: unknown) =>
    typeof text === 'string' ? clean(text) : '',
  ) as [string, string, string]
  const inner = cause.cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  const result = new Error(message, inner === undefined ? undefined : { cause: copy(inner, clean, depth + 1) })
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  result.stack = [`${name}: ${message}`, ...frames].join('\n')
  const kept = typeof code === 'number' ? { code } : typeof code === 'string' ? { code: clean(code) } : {}
  return Object.assign(result, { name }, kept)
}

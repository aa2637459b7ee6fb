import { isError } from '../utils/is-error.js'

// Deeper causes no longer explain anything, and a chain of causes can be circular.
const MAX_DEPTH = 5
// The properties that Node sets on its own errors. Anything else can be a whole request: HTTP clients attach them to errors.
const SAFE_PROPERTIES = /^(name|message|stack|cause|code|errno|syscall|hostname|address|port)$/

type Redact = (text: string) => string

/**
 * Returns a cause that contains no secret: the same object if it is safe as it is, else a copy with the name, code,
 * message and stack frames of the error and of its causes.
 */
export function sanitizeCause(cause: unknown, redact: Redact): unknown {
  return isSafe(cause, redact, 0) ? cause : copy(cause, redact, 0)
}

function isSafe(value: unknown, redact: Redact, depth: number): boolean {
  if (typeof value === 'string') return redact(value) === value
  if (typeof value !== 'object' || value === null) return true
  if (!isError(value) || depth === MAX_DEPTH) return false
  return Object.getOwnPropertyNames(value).every((name) => {
    if (!SAFE_PROPERTIES.test(name)) return false
    return isSafe((value as unknown as Record<string, unknown>)[name], redact, depth + 1)
  })
}

function copy(cause: unknown, redact: Redact, depth: number): unknown {
  if (!isError(cause))
    return typeof cause === 'string' ? redact(cause) : `a thrown ${Object.prototype.toString.call(cause).slice(8, -1)}`
  if (depth === MAX_DEPTH) return undefined
  const { code, errors } = cause as Error & { readonly code?: unknown; readonly errors?: unknown }
  // The properties of a thrown Error can have any type.
  const [name, message, stack] = [cause.name, cause.message, cause.stack].map((text: unknown) =>
    typeof text === 'string' ? redact(text) : '',
  ) as [string, string, string]
  const inner = cause.cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  const result = new Error(message, inner === undefined ? undefined : { cause: copy(inner, redact, depth + 1) })
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  result.stack = [`${name}: ${message}`, ...frames].join('\n')
  const safeCode = typeof code === 'number' ? { code } : typeof code === 'string' ? { code: redact(code) } : {}
  return Object.assign(result, { name }, safeCode)
}

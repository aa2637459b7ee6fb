import type { Issue } from '../errors/errors.js'
import { invalidRequest } from './validate.js'

/** The fields that are sent as JSON, whatever they hold. */
const JSON_FIELDS: readonly string[] = ['extraBody', 'parameters', 'arguments', 'schema']

// Deeper than any schema, and shallow enough for the stack.
const MAX_DEPTH = 200
// A longer path says nothing more.
const MAX_PATH = 10

type Path = Issue['path']

/** Where a value stands while it is copied. */
interface Place {
  readonly path: Path
  /** Whether the value is sent as JSON. */
  readonly isJSON: boolean
}

/**
 * Copies what a caller passed, so that every member is read once: its owner may change it later, and a getter may throw.
 * Plain objects and lists are copied; anything else, such as bytes or a function, stays what it is.
 *
 * @throws {@link InvalidRequestError} a member cannot be read, contains itself, or is not JSON where JSON is sent
 */
export function readRequest<T>(request: T): T {
  return copyValue(request, { path: [], isJSON: false }, new Map()) as T
}

/** What is being copied has no copy yet. */
type Copies = Map<object, unknown>

function copyValue(value: unknown, place: Place, copies: Copies): unknown {
  if (place.isJSON) refuseScalar(value, place.path)
  if (typeof value !== 'object' || value === null) return value
  if (copies.has(value)) return copies.get(value) ?? fail(place.path, 'contains itself')
  if (place.path.length > MAX_DEPTH) fail(place.path, 'is nested too deeply')
  const kind = attempt(place.path, () => kindOf(value))
  if (kind === 'other') {
    if (place.isJSON) refuseObject(value, place.path)
    return value
  }
  copies.set(value, undefined)
  const copy = kind === 'list' ? copyList(value as unknown[], place, copies) : copyObject(value, place, copies)
  copies.set(value, copy)
  return copy
}

function copyList(list: readonly unknown[], { path, isJSON }: Place, copies: Copies): unknown[] {
  const length = attempt(path, () => list.length)
  return Array.from({ length }, (_, index) => {
    const place = { path: [...path, index], isJSON }
    return copyValue(
      attempt(place.path, () => list[index]),
      place,
      copies,
    )
  })
}

function copyObject(object: object, { path, isJSON }: Place, copies: Copies): object {
  const entries = attempt(path, () => Object.keys(object)).map((key) => {
    const place = { path: [...path, key], isJSON: isJSON || JSON_FIELDS.includes(key) }
    const value = attempt(place.path, () => (object as Record<string, unknown>)[key])
    return [key, copyValue(value, place, copies)] as const
  })
  // Unlike an assignment, this makes `__proto__` a member like any other.
  return Object.fromEntries(entries)
}

/** A schema of a library is not copied: it belongs to the library, and says so if it is not expected. */
function kindOf(value: object): 'list' | 'object' | 'other' {
  if (Array.isArray(value)) return 'list'
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  return isPlain && !('~standard' in value) ? 'object' : 'other'
}

function refuseScalar(value: unknown, path: Path): void {
  if (typeof value === 'bigint' || typeof value === 'symbol') fail(path, `must be JSON, not a ${typeof value}`)
  if (typeof value === 'number' && !Number.isFinite(value)) fail(path, 'must be JSON, not an endless number')
  if (typeof value === 'function' && !('~standard' in value)) fail(path, 'must be JSON, not a function')
}

/** Refuses what JSON turns into something else, such as a date or a map, and what throws while it is serialized. */
function refuseObject(value: object, path: Path): void {
  const tag = attempt(path, () => Object.prototype.toString.call(value).slice('[object '.length, -1))
  if (tag !== 'Object') fail(path, `must be JSON, not a ${tag}`)
  if (!('~standard' in value)) attempt(path, () => JSON.stringify(value))
}

function attempt<T>(path: Path, read: () => T): T {
  try {
    return read()
  } catch {
    return fail(path, 'cannot be read: its getter or proxy throws')
  }
}

function fail(path: Path, message: string): never {
  throw invalidRequest([{ path: path.slice(0, MAX_PATH), message }])
}

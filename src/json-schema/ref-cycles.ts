import type { JSONSchema } from '../types.js'
import { isObject } from '../utils/json.js'
import { canResolveRef, resolveRef } from './resolve-ref.js'

/** The keywords whose schemas apply to the same value as the schema that contains them. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']
const IN_PLACE_MEMBERS = ['dependentSchemas', 'dependencies']

/** Finds references that lead back to themselves without a step into the value: following them would never end. */
export class RefCycles {
  readonly #root: JSONSchema
  // Each schema is followed once, which keeps many references linear.
  readonly #states = new Map<object, 'open' | 'done'>()

  constructor(root: JSONSchema) {
    this.#root = root
  }

  /** Whether a schema leads to a cycle that no earlier call has found. */
  startsAt(schema: unknown): boolean {
    if (!isObject(schema)) return false
    const state = this.#states.get(schema)
    if (state !== undefined) return state === 'open'
    this.#states.set(schema, 'open')
    const isCyclic = this.#next(schema).some((next) => this.startsAt(next))
    this.#states.set(schema, 'done')
    return isCyclic
  }

  #next(schema: JSONSchema): unknown[] {
    const ref = schema['$ref']
    const target = typeof ref === 'string' && canResolveRef(this.#root, ref) ? [resolveRef(this.#root, ref)] : []
    const members = IN_PLACE_MEMBERS.flatMap((keyword) =>
      isObject(schema[keyword]) ? Object.values(schema[keyword]) : [],
    )
    return [...target, ...IN_PLACE.flatMap((keyword) => schema[keyword]), ...members]
  }
}

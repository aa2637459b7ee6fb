/** A copy of a JSON value in which one position holds something else. */
export interface Mutation {
  readonly path: readonly (string | number)[]
  /** For the name of a test or a message: `output[0].text = null`. */
  readonly name: string
  readonly value: unknown
}

const MISSING = Symbol('missing')
const REPLACEMENTS: readonly unknown[] = [null, [], {}, -1, 'x', MISSING]

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : value === MISSING ? 'missing' : typeof value

/** Returns every copy of a JSON value in which one position has another type or is missing. */
export function mutationsOf(value: unknown): Mutation[] {
  return [...positionsOf(value, [])].flatMap(({ path, current }) =>
    REPLACEMENTS.filter((replacement) => kindOf(replacement) !== kindOf(current) || replacement === -1).map(
      (replacement) => ({
        path,
        name: `${path.join('.')} = ${replacement === MISSING ? 'missing' : JSON.stringify(replacement)}`,
        value: replaceAt(value, path, replacement),
      }),
    ),
  )
}

function* positionsOf(
  value: unknown,
  path: readonly (string | number)[],
): Generator<{ readonly path: readonly (string | number)[]; readonly current: unknown }> {
  if (path.length > 0) yield { path, current: value }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    yield* positionsOf(member, [...path, Array.isArray(value) ? Number(key) : key])
  }
}

function replaceAt(value: unknown, [key, ...rest]: readonly (string | number)[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  if (Array.isArray(value)) {
    const list = value as unknown[]
    return list.flatMap((member, index) => {
      if (index !== key) return [member]
      const replaced = replaceAt(member, rest, replacement)
      return replaced === MISSING ? [] : [replaced]
    })
  }
  const replaced = replaceAt((value as Record<string, unknown>)[key], rest, replacement)
  const copy = { ...(value as object), [key]: replaced }
  if (replaced === MISSING) delete (copy as Record<string, unknown>)[key]
  return copy
}

/** One event of a recorded stream. */
export interface RecordedFrame {
  readonly event: string
  readonly data: unknown
}

/** Reads the frames of a recorded stream. */
export const framesOf = (stream: string): RecordedFrame[] =>
  stream
    .split('\n\n')
    .filter((frame) => frame.trim() !== '')
    .map((frame) => {
      const field = (name: string): string =>
        frame
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trim())
          .join('\n')
      return { event: field('event'), data: JSON.parse(field('data')) as unknown }
    })

const toStream = (frames: readonly RecordedFrame[]): string =>
  frames.map(({ event, data }) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join('')

/** Returns every copy of a recorded stream in which one position of one frame has another type or is missing. */
export const streamMutationsOf = (frames: readonly RecordedFrame[]): (Mutation & { readonly event: string })[] =>
  frames.flatMap(({ event, data }, index) =>
    mutationsOf(data).map((mutation) => ({
      ...mutation,
      event,
      name: `${event}: ${mutation.name}`,
      value: toStream(frames.with(index, { event, data: mutation.value })),
    })),
  )

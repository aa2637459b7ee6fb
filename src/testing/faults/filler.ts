import type { BodyStep } from '../replies/steps.js'

const CHUNK_BYTES = 65_536

/**
 * Yields `bytes` bytes of `x` in chunks. A chunk is created when it is read, so a client's limit decides how many
 * exist.
 */
export function* filler(bytes: number): Generator<BodyStep> {
  const chunk = new Uint8Array(CHUNK_BYTES).fill(120)
  for (let left = bytes; left > 0; left -= chunk.length) {
    yield { kind: 'bytes', bytes: left < chunk.length ? chunk.subarray(0, left) : chunk }
  }
}

/** Default size of huge bodies and lines: 64 MiB. */
export const HUGE_BYTES = 67_108_864

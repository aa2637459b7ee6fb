import type { BodyStep } from '../replies/steps.js'

const BLOCK_BYTES = 65_536

/**
 * Yields `bytes` bytes of `x` in blocks. A block is created when it is read, so a client's limit decides how many
 * exist.
 */
export function* filler(bytes: number): Generator<BodyStep> {
  const block = new Uint8Array(BLOCK_BYTES).fill(120)
  for (let left = bytes; left > 0; left -= block.length) {
    yield { kind: 'bytes', bytes: left < block.length ? block.subarray(0, left) : block }
  }
}

/** Default size of huge bodies and lines: 64 MiB. */
export const HUGE_BYTES = 67_108_864

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * The median of the ratios within each round, so that a round that the machine slowed down affects both sides equally.
 *
 * @param {readonly (number | undefined)[]} values by round
 * @param {readonly (number | undefined)[]} base by round
 */
export function ratio(values, base) {
  const ratios = values.flatMap((value, round) =>
    value === undefined || base[round] === undefined ? [] : [value / base[round]],
  )
  return ratios.length === 0
    ? undefined
    : { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios), rounds: ratios.length }
}

export const present = (values) => values.filter((value) => value !== undefined)

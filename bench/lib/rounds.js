/**
 * Runs every subject once per round and starts each round with a different one. A subject that fails is not run again;
 * its error is kept for the table.
 *
 * @template T
 * @param {readonly { name: string, every?: number }[]} subjects `every: 3` runs the subject in every third round only
 * @param {number} rounds
 * @param {(subject: any, round: number) => Promise<T & { error?: string }>} run
 * @returns {Promise<Map<string, { results: (T | undefined)[], error?: string }>>} results by round
 */
export async function interleave(subjects, rounds, run) {
  const table = new Map(
    subjects.map(({ name }) => [name, { results: Array.from({ length: rounds }), error: undefined }]),
  )
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(turn + round) % subjects.length]
      const row = table.get(subject.name)
      if (row.error !== undefined || round % (subject.every ?? 1) !== 0) continue
      const result = await run(subject, round).catch((error) => ({ error: String(error.message ?? error) }))
      if (result.error === undefined) row.results[round] = result
      else row.error = result.error
    }
  }
  return table
}

import { useSignal } from '@preact/signals'
import { nearest } from './similarity.js'
import type { Comparison } from './state.js'

/** With more lines, the table shows only the nearest ones of each line. */
const MAX_COLUMNS = 30
const NEAREST_COUNT = 5

/** The map as a table of numbers, rendered when it is opened. */
export function SimilarityTable({ comparison }: { readonly comparison: Comparison }) {
  const isOpen = useSignal(false)
  const isFullMatrix = comparison.rows.length <= MAX_COLUMNS
  return (
    <details class="as-table" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>{isFullMatrix ? 'Show as table' : `Show as table: the ${NEAREST_COUNT} nearest lines`}</summary>
      {isOpen.value && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Table of similarities">
          {isFullMatrix ? <FullMatrix {...comparison} /> : <NearestLines {...comparison} />}
        </div>
      )}
    </details>
  )
}

function FullMatrix({ rows, matrix }: Comparison) {
  return (
    <table class="similarities">
      <caption class="hidden">Similarity of each pair of lines, from −1 to 1</caption>
      <thead>
        <tr>
          <th scope="col">Line</th>
          {rows.map(({ number, text }) => (
            <th key={number} scope="col" title={text}>
              {number}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ number, text }, y) => (
          <tr key={number}>
            <th scope="row">
              <span class="line-text">
                {number} · {text}
              </span>
            </th>
            {rows.map((row, x) => (
              <td key={row.number}>{matrix[y * rows.length + x]!.toFixed(2)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function NearestLines({ rows }: Comparison) {
  return (
    <table class="similarities">
      <caption class="hidden">The nearest lines of each line</caption>
      <thead>
        <tr>
          <th scope="col">Line</th>
          {Array.from({ length: NEAREST_COUNT }, (_, index) => (
            <th key={index} scope="col">
              {index + 1}.
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.number}>
            <th scope="row">
              <span class="line-text">
                {row.number} · {row.text}
              </span>
            </th>
            {nearest(rows, row.vector, row)
              .slice(0, NEAREST_COUNT)
              .map(({ row: other, similarity }) => (
                <td key={other.number} title={other.text}>
                  {other.number} <span class="quiet">({similarity.toFixed(2)})</span>
                </td>
              ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

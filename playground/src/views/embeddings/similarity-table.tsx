import { useSignal } from '@preact/signals'
import { nearest } from './similarity.js'
import type { Comparison } from './work.js'

// More columns nobody can read; each line's nearest say as much.
const MAX_COLUMNS = 30
const NEAREST = 5

/** What the map shows, in numbers. Made only when it is wanted. */
export function SimilarityTable({ comparison }: { readonly comparison: Comparison }) {
  const isOpen = useSignal(false)
  const isWhole = comparison.rows.length <= MAX_COLUMNS
  return (
    <details class="as-table" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>{isWhole ? 'As a table' : `As a table: the ${NEAREST} nearest of each line`}</summary>
      {isOpen.value && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Table of similarities">
          {isWhole ? <Whole {...comparison} /> : <Nearest {...comparison} />}
        </div>
      )}
    </details>
  )
}

function Whole({ rows, matrix }: Comparison) {
  return (
    <table class="similarities">
      <caption class="hidden">How alike each two lines are, from −1 to 1</caption>
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

function Nearest({ rows }: Comparison) {
  return (
    <table class="similarities">
      <caption class="hidden">The lines that are nearest to each line</caption>
      <thead>
        <tr>
          <th scope="col">Line</th>
          {Array.from({ length: NEAREST }, (_, index) => (
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
              .slice(0, NEAREST)
              .map(({ row: other, likeness }) => (
                <td key={other.number} title={other.text}>
                  {other.number} <span class="quiet">({likeness.toFixed(2)})</span>
                </td>
              ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

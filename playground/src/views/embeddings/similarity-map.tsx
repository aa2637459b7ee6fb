import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { project } from './project.js'
import { picked, type Comparison } from './state.js'

const WIDTH = 620
const HEIGHT = 440
/** Space for the marks at the edges. */
const MARGIN = 26
/** With more lines, the numbers would cover one another. */
const MAX_NUMBERED = 80

/** The lines as points: similar ones are near each other. The heatmap, a table and the neighbors show exact values. */
export function SimilarityMap({ comparison }: { readonly comparison: Comparison }) {
  const { rows, matrix } = comparison
  const points = useMemo(() => project(matrix, rows.length), [comparison])
  const pointed = useSignal<number | undefined>(undefined)
  const shownNumber = pointed.value ?? (picked.value === 'query' ? undefined : picked.value)
  const shown = rows.find(({ number }) => number === shownNumber)
  return (
    <figure class="map">
      <svg
        class="map-field"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Map of ${rows.length} lines. A table with the similarities follows.`}
        onPointerLeave={() => (pointed.value = undefined)}
      >
        {points.map(({ x, y }, index) => {
          const { number, text } = rows[index]!
          const left = WIDTH / 2 + x * (WIDTH / 2 - MARGIN)
          const top = HEIGHT / 2 - y * (HEIGHT / 2 - MARGIN)
          return (
            <g
              key={number}
              class={`map-point${rows.length > MAX_NUMBERED ? '' : ' map-numbered'}${number === shownNumber ? ' map-shown' : ''}`}
              onPointerEnter={() => (pointed.value = number)}
              onClick={() => (picked.value = number)}
            >
              <title>{text}</title>
              <circle cx={left} cy={top} />
              {rows.length <= MAX_NUMBERED && (
                <text x={left} y={top}>
                  {number}
                </text>
              )}
            </g>
          )
        })}
      </svg>
      <figcaption class="small">
        <p class="map-line" aria-hidden="true">
          {shown === undefined ? '' : `${shown.number} · ${shown.text}`}
        </p>
        <p class="quiet">
          Near points are similar. The plane shows only the two main directions, so some distances are too short.
        </p>
      </figcaption>
    </figure>
  )
}

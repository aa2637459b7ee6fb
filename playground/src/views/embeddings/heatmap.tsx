import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { isDark } from '../../state/theme.js'
import { ErrorNote } from '../../ui/error-note.js'
import type { Colours, Plot } from './plot.js'
import { picked, type Comparison } from './work.js'

/** A map of how alike each two lines are. What it shows is also said below, and in a table. */
export function Heatmap({ comparison }: { readonly comparison: Comparison }) {
  const { rows, matrix, low, high } = comparison
  const canvas = useRef<HTMLCanvasElement>(null)
  const legend = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | undefined>(undefined)
  const pointed = useSignal<{ readonly x: number; readonly y: number } | undefined>(undefined)
  const error = useSignal<unknown>(undefined)
  const dark = isDark()

  useEffect(() => {
    let isGone = false
    pointed.value = undefined
    import('./plot.js').then(
      ({ draw }) => {
        if (isGone || canvas.current === null || legend.current === null) return
        plot.current = draw(canvas.current, comparison, coloursOf(legend.current))
      },
      (thrown: unknown) => (error.value = thrown),
    )
    return () => {
      isGone = true
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [comparison, dark])

  const find = (event: MouseEvent): void => {
    pointed.value = plot.current?.at(event.offsetX, event.offsetY)
  }
  const { x, y } = pointed.value ?? {}
  if (error.value !== undefined) return <ErrorNote error={error.value} title="The map could not be drawn." />
  return (
    <figure class="heatmap">
      <div class="heatmap-field">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Similarity of ${rows.length} lines, each with each, from ${low.toFixed(2)} to ${high.toFixed(2)}. The same as a table below.`}
          onPointerMove={find}
          onPointerLeave={() => (pointed.value = undefined)}
          onClick={(event) => {
            find(event)
            const row = rows[pointed.value?.y ?? -1]
            if (row !== undefined) picked.value = row.number
          }}
        />
      </div>
      <figcaption>
        <div ref={legend} class="legend">
          <span>{low.toFixed(2)}</span>
          <span class="legend-bar" aria-hidden="true">
            <i class="legend-low" />
            <i class="legend-middle" />
            <i class="legend-high" />
          </span>
          <span>{high.toFixed(2)}</span>
        </div>
        <p class="small pointed" aria-hidden="true">
          {x === undefined || y === undefined ? (
            <span class="quiet">Point at a cell to see its lines; click it for the neighbours.</span>
          ) : (
            <>
              <strong>{matrix[y * rows.length + x]!.toFixed(3)}</strong>
              <span class="line-text">
                {rows[y]!.number} · {rows[y]!.text}
              </span>
              <span class="line-text">
                {rows[x]!.number} · {rows[x]!.text}
              </span>
            </>
          )}
        </p>
      </figcaption>
    </figure>
  )
}

/** A canvas knows no custom properties: they are read from the legend, which shows the same colours. */
function coloursOf(legend: HTMLElement): Colours {
  const { color, fontFamily } = getComputedStyle(legend)
  const scale = [...legend.querySelectorAll('i')].map((one) => getComputedStyle(one).backgroundColor)
  return { scale, text: color, font: fontFamily }
}

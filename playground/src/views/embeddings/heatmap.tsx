import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { isDark } from '../../state/theme.js'
import { ErrorNote } from '../../ui/error-note.js'
import type { Colors, Plot } from './plot.js'
import { picked, type Comparison } from './state.js'

/** A heatmap of the similarity of each pair of lines. The text below and a table show the same data. */
export function Heatmap({ comparison }: { readonly comparison: Comparison }) {
  const { rows, matrix, low, high } = comparison
  const canvas = useRef<HTMLCanvasElement>(null)
  const legend = useRef<HTMLDivElement>(null)
  const readout = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | undefined>(undefined)
  const pointedCell = useSignal<{ readonly x: number; readonly y: number } | undefined>(undefined)
  const error = useSignal<unknown>(undefined)
  const dark = isDark()

  useEffect(() => {
    let isUnmounted = false
    pointedCell.value = undefined
    import('./plot.js').then(
      ({ draw }) => {
        if (isUnmounted || canvas.current === null || legend.current === null) return
        plot.current = draw(canvas.current, comparison, readColors(legend.current))
      },
      (thrown: unknown) => (error.value = thrown),
    )
    return () => {
      isUnmounted = true
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [comparison, dark])

  const updatePointedCell = (event: MouseEvent): void => {
    pointedCell.value = plot.current?.at(event.offsetX, event.offsetY)
    const { style } = readout.current!
    // Beside the pointer, on the side with more space. Set as properties: the policy forbids style attributes.
    const { clientWidth, clientHeight } = canvas.current!
    const [isRight, isLow] = [event.offsetX > clientWidth / 2, event.offsetY > clientHeight / 2]
    style.setProperty('left', `${event.offsetX}px`)
    style.setProperty('top', `${event.offsetY}px`)
    style.setProperty(
      'translate',
      `${isRight ? 'calc(-100% - 14px)' : '14px'} ${isLow ? 'calc(-100% - 14px)' : '14px'}`,
    )
  }
  const { x, y } = pointedCell.value ?? {}
  if (error.value !== undefined) return <ErrorNote error={error.value} title="The map could not be drawn." />
  return (
    <figure class="heatmap">
      <div class="heatmap-field">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Similarity of ${rows.length} lines, from ${low.toFixed(2)} to ${high.toFixed(2)}. A table with the values follows.`}
          onPointerMove={updatePointedCell}
          onPointerLeave={() => (pointedCell.value = undefined)}
          onClick={(event) => {
            updatePointedCell(event)
            const row = rows[pointedCell.value?.y ?? -1]
            if (row !== undefined) picked.value = row.number
          }}
        />
        <div ref={readout} class="readout small" aria-hidden="true" hidden={x === undefined}>
          {x !== undefined && y !== undefined && (
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
        </div>
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
        <p class="small quiet heatmap-hint">
          Point at a cell to see its lines. Click it to list the nearest neighbors.
        </p>
      </figcaption>
    </figure>
  )
}

/** Reads the colors from the legend, because a canvas cannot use CSS custom properties. */
function readColors(legend: HTMLElement): Colors {
  const { color, fontFamily } = getComputedStyle(legend)
  const scale = [...legend.querySelectorAll('i')].map((one) => getComputedStyle(one).backgroundColor)
  return { scale, text: color, font: fontFamily }
}

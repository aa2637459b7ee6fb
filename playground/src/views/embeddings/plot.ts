import { Chart, defaults, LinearScale, type ChartDataset } from 'chart.js'
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix'
import type { Comparison } from './state.js'

/** A rectangular cell on whole pixels. Chart.js draws rounded corners as paths, which is much slower and leaves seams. */
class Cell extends MatrixElement {
  // A separate id, because the registry keeps only the first element of an id. The cast satisfies the types.
  static override id = 'cell' as 'matrix'

  override draw(context: CanvasRenderingContext2D): void {
    const { x, y, width, height } = this
    const [left, top] = [Math.round(x), Math.round(y)]
    context.fillStyle = (this.options as { readonly backgroundColor: string }).backgroundColor
    context.fillRect(left, top, Math.round(x + width) - left, Math.round(y + height) - top)
  }
}

Chart.register(LinearScale, MatrixController, Cell)
Object.assign(defaults.datasets.matrix, { dataElementType: Cell.id })

/** The colors and font of the theme. */
export interface Colors {
  /** From the lowest to the highest similarity, as `rgb(…)`. */
  readonly scale: readonly string[]
  readonly text: string
  readonly font: string
}

export interface Plot {
  /** Returns the cell at a point of the canvas. */
  at(x: number, y: number): { readonly x: number; readonly y: number } | undefined
  destroy(): void
}

type Dataset = ChartDataset<'matrix', { x: number; y: number }[]>

/**
 * The number of colors. The cells of one color form one data set and share their options: with options per cell, a map of
 * 200 lines takes seconds.
 */
const COLOR_STEPS = 32
/** With fewer lines there is space for gaps between the cells. */
const MAX_LINES_WITH_GAPS = 60

/** Draws a comparison on a canvas. */
export function draw(canvas: HTMLCanvasElement, { rows, matrix, low, high }: Comparison, colors: Colors): Plot {
  const size = rows.length
  const sets: { x: number; y: number }[][] = Array.from({ length: COLOR_STEPS }, () => [])
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) sets[step(matrix[y * size + x]!, low, high)]!.push({ x, y })
  }
  const gap = size < MAX_LINES_WITH_GAPS ? 1 : 0
  const datasets = sets.map((data, index): Dataset => ({
    data,
    backgroundColor: mix(colors.scale, index / (COLOR_STEPS - 1)),
  }))
  const axis = {
    type: 'linear',
    min: -0.5,
    max: size - 0.5,
    offset: false,
    border: { display: false },
    grid: { display: false },
    ticks: {
      color: colors.text,
      font: { family: colors.font, size: 12 },
      stepSize: Math.max(1, Math.ceil(size / 20)),
      callback: (value: string | number) => rows[Number(value)]?.number ?? '',
    },
    // The scale starts at −0.5, so its own ticks would be between the cells.
    afterBuildTicks(scale: { ticks: { value: number }[] }) {
      const every = Math.max(1, Math.ceil(size / 20))
      scale.ticks = Array.from({ length: Math.ceil(size / every) }, (_, index) => ({ value: index * every }))
    },
  } as const
  const chart = new Chart(canvas, {
    type: 'matrix',
    // Added below, because the first update of a chart prepares animations for every cell.
    data: { datasets: [] },
    options: {
      animation: false,
      // No events: `at` computes the cell instead of searching all of them.
      events: [],
      parsing: false,
      normalized: true,
      maintainAspectRatio: true,
      aspectRatio: 1,
      scales: { x: { ...axis, position: 'top' }, y: { ...axis, reverse: true } },
    },
    plugins: [
      {
        id: 'cells',
        // The size of the chart area is known only now.
        beforeDatasetsUpdate({ chartArea: { width, height } }) {
          for (const dataset of datasets) {
            dataset.width = width / size - gap
            dataset.height = height / size - gap
          }
        },
      },
    ],
  })
  chart.data.datasets = datasets
  chart.update('none')
  return {
    at(left, top) {
      const [x, y] = [chart.scales['x']!.getValueForPixel(left)!, chart.scales['y']!.getValueForPixel(top)!].map(
        Math.round,
      )
      return rows[x!] === undefined || rows[y!] === undefined ? undefined : { x: x!, y: y! }
    },
    destroy: () => chart.destroy(),
  }
}

/** Maps a similarity to a color step. A line compared with itself is above the range. */
function step(similarity: number, low: number, high: number): number {
  const fraction = high > low ? (similarity - low) / (high - low) : 1
  return Math.round(Math.max(0, Math.min(1, fraction)) * (COLOR_STEPS - 1))
}

/** Interpolates between the colors of the scale. */
function mix(scale: readonly string[], fraction: number): string {
  const position = fraction * (scale.length - 1)
  const first = Math.min(Math.floor(position), scale.length - 2)
  const [from, to] = [channels(scale[first]!), channels(scale[first + 1]!)]
  const mixed = from.map((value, index) => Math.round(value + (to[index]! - value) * (position - first)))
  return `rgb(${mixed.join(' ')})`
}

const channels = (color: string): readonly number[] => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)

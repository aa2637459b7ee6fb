import { Chart, defaults, LinearScale, type ChartDataset } from 'chart.js'
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix'
import type { Comparison } from './work.js'

/**
 * A cell without corners, on whole pixels: the paths of rounded ones, and edges between pixels, take longer than all the
 * rest, and would leave seams.
 */
class Cell extends MatrixElement {
  // Its own in the registry, which knows only of the first of a name; to the types it is what it extends.
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

/** What the theme says of a heatmap, as the browser computes it. */
export interface Colours {
  /** From the least to the most alike, `rgb(…)`. */
  readonly scale: readonly string[]
  readonly text: string
  readonly font: string
}

export interface Plot {
  /** The lines under a point of the canvas. */
  at(x: number, y: number): { readonly x: number; readonly y: number } | undefined
  destroy(): void
}

type Dataset = ChartDataset<'matrix', { x: number; y: number }[]>

// As many as the eye tells apart. Cells of one colour are one data set, whose cells share their settings: with settings
// of its own each, a map of two hundred lines would take seconds.
const STEPS = 32
// Below it there is room for a line between the cells.
const GAPS_BELOW = 60

/** Draws a comparison on a canvas. */
export function draw(canvas: HTMLCanvasElement, { rows, matrix, low, high }: Comparison, colours: Colours): Plot {
  const size = rows.length
  const sets: { x: number; y: number }[][] = Array.from({ length: STEPS }, () => [])
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) sets[step(matrix[y * size + x]!, low, high)]!.push({ x, y })
  }
  const gap = size < GAPS_BELOW ? 1 : 0
  const datasets = sets.map((data, index): Dataset => ({
    data,
    backgroundColor: mix(colours.scale, index / (STEPS - 1)),
  }))
  const axis = {
    type: 'linear',
    min: -0.5,
    max: size - 0.5,
    offset: false,
    border: { display: false },
    grid: { display: false },
    ticks: {
      color: colours.text,
      font: { family: colours.font, size: 12 },
      stepSize: Math.max(1, Math.ceil(size / 20)),
      callback: (value: string | number) => rows[Number(value)]?.number ?? '',
    },
    // Ticks at the middles of the cells, where a scale that begins at −0.5 would have none.
    afterBuildTicks(scale: { ticks: { value: number }[] }) {
      const every = Math.max(1, Math.ceil(size / 20))
      scale.ticks = Array.from({ length: Math.ceil(size / every) }, (_, index) => ({ value: index * every }))
    },
  } as const
  const chart = new Chart(canvas, {
    type: 'matrix',
    // Added below: the first update of a chart thinks of animations, cell by cell.
    data: { datasets: [] },
    options: {
      animation: false,
      // Which cell is pointed at is known without looking through all of them.
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
        // Only now is it known how much room there is.
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

/** The place on the scale; a line beside itself is above it. */
function step(likeness: number, low: number, high: number): number {
  const share = high > low ? (likeness - low) / (high - low) : 1
  return Math.round(Math.max(0, Math.min(1, share)) * (STEPS - 1))
}

/** Between the colours of the scale, in equal parts. */
function mix(scale: readonly string[], share: number): string {
  const place = share * (scale.length - 1)
  const first = Math.min(Math.floor(place), scale.length - 2)
  const [from, to] = [channels(scale[first]!), channels(scale[first + 1]!)]
  const mixed = from.map((value, index) => Math.round(value + (to[index]! - value) * (place - first)))
  return `rgb(${mixed.join(' ')})`
}

const channels = (colour: string): readonly number[] => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)

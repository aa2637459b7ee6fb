import type { ModelInfo } from 'lmstudio-provider'
import { el, section } from '../dom.js'
import { count } from '../format.js'

export interface ModelTable {
  readonly element: HTMLElement
  show(models: readonly ModelInfo[]): void
  /** Says why there is nothing to show. */
  showNote(note: string): void
}

const COLUMNS = ['Name', 'Type', 'Quant.', 'Context', 'State'] as const
const TYPES = { llm: 'text', vlm: 'vision', embedding: 'embedding', unknown: '–' } as const
const STATES = { loaded: 'loaded', 'not-loaded': 'on disk', unknown: '–' } as const

/** The models of the server, the loaded ones first. */
export function createModelTable(): ModelTable {
  const rows = el('tbody')
  const head = el('tr', {}, ...COLUMNS.map((name) => el('th', { scope: 'col' }, name)))
  const table = el('table', { 'aria-labelledby': 'models-title' }, el('thead', {}, head), rows)
  const note = el('p', { class: 'quiet note' }, 'They appear here once connected.')
  table.hidden = true
  return {
    element: section('models', 'Models', note, table),
    show(models) {
      const sorted = models.toSorted((a, b) => Number(b.state === 'loaded') - Number(a.state === 'loaded'))
      rows.replaceChildren(...sorted.map(toRow))
      table.hidden = models.length === 0
      note.hidden = models.length > 0
      note.textContent = 'The server has no models.'
    },
    showNote(text) {
      rows.replaceChildren()
      table.hidden = true
      note.hidden = false
      note.textContent = text
    },
  }
}

function toRow(model: ModelInfo): HTMLTableRowElement {
  const name = el('th', { scope: 'row' }, el('span', {}, model.displayName ?? model.id))
  if (model.displayName !== undefined) name.append(el('code', {}, model.id))
  const values = [
    TYPES[model.type],
    model.quantization ?? '–',
    count(model.contextLength ?? model.maxContextLength),
    el('span', { class: `state ${model.state}` }, STATES[model.state]),
  ]
  // The label is for narrow screens, where the columns have no heads.
  const cells = values.map((value, index) => el('td', { 'data-label': COLUMNS[index + 1] }, value))
  return el('tr', {}, name, ...cells)
}

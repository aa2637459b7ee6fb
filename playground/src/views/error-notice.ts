import { ProviderError } from 'lmstudio-provider'
import { el } from '../dom.js'
import { prose } from './prose.js'

/** An error in the words of the library: what happened, and what to do. */
export function createErrorNotice(error: unknown): HTMLElement {
  if (!ProviderError.isInstance(error)) return el('div', { class: 'error', role: 'alert' }, el('p', {}, String(error)))
  return el(
    'div',
    { class: 'error', role: 'alert' },
    el('p', {}, el('code', {}, error.name), ' ', ...prose(error.message)),
    el('p', { class: 'hint' }, ...prose(error.hint)),
  )
}

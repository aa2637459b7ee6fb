import type { HealthReport } from 'lmstudio-provider'
import { el } from '../dom.js'
import { count, duration } from '../format.js'
import { prose } from './prose.js'

export interface HealthCard {
  readonly element: HTMLElement
  showChecking(endpoint: string): void
  /** With `isMock` the page says that nothing of this is real. */
  showReport(report: HealthReport, isMock?: boolean): void
  showProblem(summary: string, steps: readonly string[]): void
}

const STATUS = { healthy: 'Healthy', degraded: 'Limited', unreachable: 'Unreachable' } as const
const API = { v1: 'LM Studio (api/v1)', v0: 'LM Studio (api/v0)', openai: 'OpenAI-compatible (v1)' } as const

/** How the server is; when it is not well, why, and what to do about it. */
export function createHealthCard(): HealthCard {
  const badge = el('span', { class: 'badge' }, 'Not connected')
  const mock = el('span', { class: 'tag' }, 'Mock')
  const mockNote = el('p', { class: 'quiet note' }, 'No model runs here: the answers are made up.')
  const facts = el('dl', { class: 'facts' })
  const advice = el('div', { class: 'advice' })
  const head = el(
    'div',
    { class: 'head' },
    el('h2', { id: 'health-title' }, 'Server'),
    el('p', { role: 'status' }, mock, badge),
  )
  const told = el('div', { 'aria-live': 'polite' }, mockNote, facts, advice)
  const element = el('section', { class: 'card health', 'aria-labelledby': 'health-title' }, head, told)

  function show(kind: string, label: string, values: readonly string[], isMock = false): void {
    mock.hidden = mockNote.hidden = !isMock
    badge.className = `badge ${kind}`
    badge.textContent = label
    const names = ['API', 'Latency', 'Models', 'Loaded']
    facts.replaceChildren(
      ...names.map((name, index) => el('div', {}, el('dt', {}, name), el('dd', {}, values[index] ?? '–'))),
    )
    advice.replaceChildren()
  }

  function advise(summary: string, steps: readonly string[]): void {
    const list = el('ol', {}, ...steps.map((step) => el('li', {}, ...prose(step))))
    advice.replaceChildren(el('p', {}, ...prose(summary)), ...(steps.length > 0 ? [list] : []))
  }

  show('', 'Not connected', [])
  return {
    element,
    showChecking(endpoint) {
      show('checking', 'Connecting…', [])
      element.setAttribute('aria-busy', 'true')
      advice.replaceChildren(el('p', { class: 'quiet' }, `Asking ${endpoint}`))
    },
    showReport({ status, api, latencyMs, modelsAvailable, modelsLoaded, isLMStudio, diagnosis }, isMock) {
      element.removeAttribute('aria-busy')
      const values = [
        api === undefined ? (isLMStudio ? 'LM Studio' : '–') : API[api],
        latencyMs === undefined ? '–' : duration(latencyMs),
        count(modelsAvailable),
        count(modelsLoaded),
      ]
      show(status, STATUS[status], values, isMock)
      if (diagnosis !== undefined) advise(diagnosis.summary, diagnosis.steps)
    },
    showProblem(summary, steps) {
      element.removeAttribute('aria-busy')
      show('unreachable', 'Not connected', [])
      advise(summary, steps)
    },
  }
}

import type { HealthReport } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { createHealthCard } from '../../playground/src/views/health-card.js'

const report = (facts: Partial<HealthReport>): HealthReport => ({
  status: 'healthy',
  endpoint: 'http://127.0.0.1:1234',
  latencyMs: 12,
  isLMStudio: true,
  api: 'v1',
  modelsAvailable: 4,
  modelsLoaded: 1,
  ...facts,
})

const facts = (element: HTMLElement): Record<string, string | null> =>
  Object.fromEntries(
    [...element.querySelectorAll('dl > div')].map((row) => [
      row.querySelector('dt')?.textContent,
      row.querySelector('dd')?.textContent ?? null,
    ]),
  )

describe('the card of the server', () => {
  test('shows how a healthy server is', () => {
    const card = createHealthCard()
    card.showReport(report({}))
    expect(card.element.querySelector('.badge')?.textContent).toBe('Healthy')
    expect(facts(card.element)).toEqual({ API: 'LM Studio (api/v1)', Latency: '12 ms', Models: '4', Loaded: '1' })
    expect(card.element.querySelector('li')).toBeNull()
  })

  test('shows why a server is not to be reached, and the steps in their order', () => {
    const card = createHealthCard()
    const diagnosis = {
      code: 'cors-disabled',
      summary: 'CORS is off.',
      steps: ['First.', 'Then.'],
      evidence: [],
    } as const
    const nothing = { latencyMs: undefined, api: undefined, modelsAvailable: undefined, modelsLoaded: undefined }
    card.showReport(report({ ...nothing, status: 'unreachable', isLMStudio: false, diagnosis }))
    expect(card.element.textContent).toContain('CORS is off.')
    expect([...card.element.querySelectorAll('ol > li')].map((item) => item.textContent)).toEqual(['First.', 'Then.'])
    expect(Object.values(facts(card.element))).toEqual(['–', '–', '–', '–'])
  })

  test('keeps the room for its figures from the start', () => {
    expect(Object.keys(facts(createHealthCard().element))).toEqual(['API', 'Latency', 'Models', 'Loaded'])
  })

  test('forgets the advice of the last report', () => {
    const card = createHealthCard()
    card.showProblem('Not a URL.', ['Write it as http://…'])
    card.showChecking('http://127.0.0.1:1234')
    expect(card.element.getAttribute('aria-busy')).toBe('true')
    card.showReport(report({}))
    expect(card.element.hasAttribute('aria-busy')).toBe(false)
    expect(card.element.textContent).not.toContain('Not a URL.')
  })
})

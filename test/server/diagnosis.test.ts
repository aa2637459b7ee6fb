import { describe, expect, it } from 'vitest'
import { createDiagnosis, toDiagnosis } from '../../src/server/diagnosis.js'
import type { DiagnosisCode } from '../../src/types/diagnosis.js'
import { ERRORS } from '../helpers/provider-errors.js'

const CODES: DiagnosisCode[] = [
  'not-running',
  'wrong-service',
  'wrong-path',
  'old-version',
  'auth-required',
  'auth-rejected',
  'no-models',
  'cors-disabled',
  'permission-required',
  'permission-denied',
  'mixed-content',
  'insecure-context',
  'timeout',
  'dns',
  'tls',
  'offline',
  'server-error',
  'unknown',
]

describe('createDiagnosis', () => {
  it.each(CODES)('of %s has steps to take', (code) => {
    const { steps } = createDiagnosis(code, 'It is so.')
    expect(steps.length).toBeGreaterThan(0)
    expect(steps.every((step) => step.length > 10)).toBe(true)
  })

  it('of ok has none', () => {
    expect(createDiagnosis('ok', 'Fine.')).toEqual({ code: 'ok', summary: 'Fine.', steps: [], evidence: [] })
  })
})

describe('toDiagnosis', () => {
  it.each(ERRORS)('has a code for a $name that the type knows, or one of the error itself', ({ name, make }) => {
    const diagnosis = toDiagnosis(make('It broke.'))
    expect(diagnosis.summary).toContain('It broke.')
    expect(diagnosis.evidence.join()).toContain(name)
    expect(diagnosis.steps.length).toBeGreaterThan(0)
  })

  it.each(
    ERRORS.filter(
      ({ name, bases }) => name === 'ApiError' || bases.includes('ApiError') || bases.includes('NetworkError'),
    ),
  )('gives a $name, which a health check can meet, one of the documented codes', ({ make }) =>
    expect([...CODES, 'ok']).toContain(toDiagnosis(make('It broke.')).code),
  )
})

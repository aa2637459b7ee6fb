import { describe, expect, it } from 'vitest'
import { BrowserAccessError, NetworkError, ServiceNotFoundError } from '../../src/errors/index.js'
import { type ErrorCode, hintFor, hintsFor } from '../../src/errors/error-codes.js'
import { createDiagnosis, toDiagnosis } from '../../src/diagnostics/diagnosis.js'
import type { DiagnosisCode } from '../../src/diagnostics/types.js'
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

  it.each<[ErrorCode, DiagnosisCode, string]>([
    ['unreachable', 'not-running', 'same network'],
    ['redirect', 'wrong-service', 'redirects to'],
    ['wrong-path', 'wrong-service', 'bare address'],
    ['permission', 'auth-rejected', 'this permission'],
    ['platform', 'timeout', 'lmstudio-provider/node'],
    ['blocked-port', 'unknown', 'another port'],
    ['rate-limit', 'server-error', 'retryAfterMs'],
    ['invalid-response', 'wrong-service', 'update the server'],
    ['body-too-long', 'wrong-service', 'is a model server'],
  ])('of %s, which it calls %s, begins with the step that the error names', (code, expected, step) => {
    const error = new NetworkError('It broke.', { code })
    const diagnosis = toDiagnosis(error)
    expect(diagnosis.code).toBe(expected)
    expect(diagnosis.steps[0]).toContain(step)
    expect(error.hint).toContain(diagnosis.steps[0]!)
    expect(diagnosis.steps).toEqual(expect.arrayContaining([...createDiagnosis(diagnosis.code, '').steps]))
  })

  it('of an answer that is no JSON has the steps for another program, not those for any error', () => {
    const { steps } = toDiagnosis(new NetworkError('It broke.', { code: 'not-json' }))
    expect(steps).toEqual(expect.arrayContaining([...createDiagnosis('wrong-service', '').steps]))
    expect(steps).not.toEqual(expect.arrayContaining([...createDiagnosis('unknown', '').steps]))
  })

  it.each<ErrorCode>(['permission-required', 'tls', 'unreachable'])(
    'of a server that is not there, whose hint adds what to do about %s, has these steps as well',
    (otherwise) => {
      const error = new ServiceNotFoundError('It broke.', { hint: hintFor('not-running', otherwise) })
      const { steps } = toDiagnosis(error)
      expect(steps.slice(0, -1)).toEqual(hintsFor('not-running'))
      for (const step of hintsFor(otherwise)) expect(steps.at(-1)).toContain(step)
    },
  )

  it('says what the hint says where an error has one of its own', () => {
    const hint = 'Embed it with <iframe allow="local-network">.'
    const error = new BrowserAccessError('It broke.', { reason: 'permission-denied', hint })
    expect(toDiagnosis(error).steps).toEqual([hint])
    const { steps } = toDiagnosis(new NetworkError('It broke.', { code: 'invalid-response', hint }))
    expect(steps).toEqual([hint, ...hintsFor('wrong-service')])
  })

  it.each(
    ERRORS.filter(
      ({ name, bases }) => name === 'ApiError' || bases.includes('ApiError') || bases.includes('NetworkError'),
    ),
  )('gives a $name, which a health check can meet, one of the documented codes', ({ make }) =>
    expect([...CODES, 'ok']).toContain(toDiagnosis(make('It broke.')).code),
  )
})

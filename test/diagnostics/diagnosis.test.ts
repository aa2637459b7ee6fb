import { describe, expect, it } from 'vitest'
import { createDiagnosis, diagnosisFromError, toDiagnosis } from '../../src/diagnostics/diagnosis.js'
import type { Identity } from '../../src/diagnostics/identify-server.js'
import type { DiagnosisCode } from '../../src/diagnostics/types.js'
import { hintFor } from '../../src/errors/error-codes.js'
import {
  AuthenticationError,
  BrowserAccessError,
  InvalidResponseError,
  NetworkError,
  ServiceNotFoundError,
  UnsupportedEndpointError,
} from '../../src/errors/index.js'
import { readModelList } from '../../src/models/response.js'
import { ERRORS } from '../helpers/provider-errors.js'

const ENDPOINT = 'http://127.0.0.1:1234'
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
  it.each(CODES)('adds steps to the code %s', (code) => {
    const { steps } = createDiagnosis(code, 'It is so.')
    expect(steps).not.toEqual([])
    for (const step of steps) expect(step).toMatch(/^[A-Z].{10,}/)
  })

  it('adds no steps to the code ok', () => {
    expect(createDiagnosis('ok', 'Fine.')).toEqual({ code: 'ok', summary: 'Fine.', steps: [], evidence: [] })
  })
})

describe('diagnosisFromError', () => {
  it.each(ERRORS)('has a documented code, a summary, evidence and steps for a $name', ({ name, make }) => {
    const diagnosis = diagnosisFromError(make('It broke.'))
    expect(CODES).toContain(diagnosis.code)
    expect(diagnosis.summary).toContain('It broke.')
    expect(diagnosis.evidence).toEqual([`${name}: It broke.`])
    expect(diagnosis.steps).not.toEqual([])
  })

  it.each([
    'not-running',
    'wrong-service',
    'auth-required',
    'auth-rejected',
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
  ] as const)('keeps the code %s', (code) => {
    const error = new NetworkError('It broke.', { code })
    expect(diagnosisFromError(error).code).toBe(code)
  })

  it.each([
    ['unreachable', 'not-running', 'same network', 'lms server start'],
    ['redirect', 'wrong-service', 'if you trust it', 'another program'],
    ['wrong-path', 'wrong-service', 'bare address', 'another program'],
    ['permission', 'auth-rejected', 'this permission', 'Copy the API token'],
    ['platform', 'timeout', 'lmstudio-provider/node', 'raise the time limit'],
    ['rate-limit', 'server-error', 'retryAfterMs', 'server log'],
    ['invalid-response', 'wrong-service', 'Check that the endpoint is an OpenAI-compatible server', 'another program'],
    ['not-json', 'wrong-service', 'Check that the endpoint is', 'another program'],
    ['body-too-long', 'wrong-service', 'Check that the endpoint is', 'another program'],
    ['blocked-port', 'unknown', 'such as 1234', 'server log'],
    ['connection-reset', 'unknown', 'Try again', 'server log'],
  ] as const)('turns the code %s into %s, and lists the hint of the error first', (code, expected, first, later) => {
    const { code: actual, steps } = diagnosisFromError(new NetworkError('It broke.', { code }))
    expect(actual).toBe(expected)
    expect(steps[0]).toContain(first)
    expect(steps.slice(1).join(' ').toLowerCase()).toContain(later.toLowerCase())
    expect(new Set(steps).size).toBe(steps.length)
  })

  it.each([
    ['permission-required', 'when the browser asks'],
    ['tls', 'NODE_EXTRA_CA_CERTS'],
    ['unreachable', 'same network'],
  ] as const)('adds the hint about another possible cause, %s, as the last step', (alternative, fragment) => {
    const error = new ServiceNotFoundError('It broke.', { hint: hintFor('not-running', alternative) })
    const { steps } = diagnosisFromError(error)
    expect(steps[0]).toContain('lms server start')
    expect(steps.at(-1)).toContain(fragment)
    expect(steps).toHaveLength(3)
  })

  it('lists the hint of an error that replaces the usual one, followed by the steps of a code with another name', () => {
    const hint = 'Embed it with <iframe allow="local-network">.'
    const denied = new BrowserAccessError('It broke.', { reason: 'permission-denied', hint })
    expect(diagnosisFromError(denied).steps).toEqual([hint])
    const { steps } = diagnosisFromError(new NetworkError('It broke.', { code: 'invalid-response', hint }))
    expect(steps[0]).toBe(hint)
    expect(steps[1]).toMatch(/another program/i)
    expect(steps.join(' ')).not.toContain('Check that the endpoint is LM Studio')
  })
})

describe('toDiagnosis', () => {
  const list = { models: readModelList('v1', { models: [{ key: 'a', type: 'llm' }] }), error: undefined }
  const old = { models: readModelList('v0', { data: [{ id: 'a', type: 'llm' }] }), error: undefined }
  const empty = { models: readModelList('v1', { models: [] }), error: undefined }
  const failed = (error: Identity['error']) => ({ models: undefined, error })

  it.each<[DiagnosisCode, string, boolean, Pick<Identity, 'models' | 'error'>, string]>([
    ['ok', 'LM Studio with a model', true, list, `LM Studio at ${ENDPOINT} is ready.`],
    ['ok', 'another server with a model', false, old, `An OpenAI-compatible server at ${ENDPOINT} is ready.`],
    ['no-models', 'a server without models', true, empty, `The server at ${ENDPOINT} has no models.`],
    ['old-version', 'LM Studio without the v1 list', true, old, `LM Studio at ${ENDPOINT} is older than 0.4`],
    [
      'wrong-path',
      'LM Studio without its lists',
      true,
      failed(new UnsupportedEndpointError('It broke.')),
      `LM Studio responds at ${ENDPOINT}, but its API is not at this path.`,
    ],
    ['wrong-service', 'another program', false, failed(new InvalidResponseError('It broke.')), 'It broke.'],
    ['auth-required', 'LM Studio that requires a token', true, failed(new AuthenticationError('No.')), 'No.'],
  ])('returns %s for %s', (code, _name, isLMStudio, result, summary) => {
    const diagnosis = toDiagnosis({ latencyMs: 1, evidence: ['seen'], isLMStudio, ...result }, ENDPOINT)
    expect(diagnosis).toMatchObject({ code, evidence: ['seen'] })
    expect(diagnosis.summary).toContain(summary)
  })
})

import { describe, expect, it } from 'vitest'
import { failureReason, hasFailedStatus, reportsFailure } from '../../src/http/failure-body.js'

describe('reportsFailure', () => {
  it.each([
    { success: false },
    { success: false, data: [] },
    { ok: false, status: 'x' },
    { detail: 'Not Found' },
    { message: 'Upstream is gone.' },
    { errors: [{ message: 'no' }] },
    { message: 'no', choices: null, data: '' },
    { message: { text: 'no' } },
    { message: 'no', status: 500 },
    { code: 1001, msg: 'no' },
    { error_code: 3, error_msg: 'no' },
    { errorMessage: 'no', errorType: 'x' },
  ])('is true for %j', (body) => expect(reportsFailure(body)).toBe(true))

  it.each([
    [{}],
    [{ success: true }],
    [{ ok: true }],
    [{ message: '' }],
    [{ detail: null }],
    [{ errors: undefined }],
    [{ message: 'ok', choices: [] }],
    [{ message: 'ok', data: [] }],
    [{ message: 'ok', output: [] }],
    [{ message: 'ok', models: [] }],
    [{ message: 'ok', instance_id: 'm' }],
    [{ message: 'ok', job_id: 'j' }],
    [{ message: 'ok', status: 'loaded' }],
    [{ message: { role: 'assistant', content: 'Ahoy.' } }],
    [null],
    [undefined],
    ['message'],
    [['message']],
  ])('is false for %j', (body) => expect(reportsFailure(body)).toBe(false))
})

describe('failureReason', () => {
  it.each([
    [{ error_message: 'a', error: 'b', reason: 'c' }, 'a'],
    [{ error: { message: 'b' }, reason: 'c' }, { message: 'b' }],
    [{ reason: 'c', detail: 'd' }, 'c'],
    [{ error: '', detail: 'd', message: 'e' }, 'd'],
    [{ message: 'e', errors: ['f'] }, 'e'],
    [{ errors: ['f'] }, ['f']],
    [{ status: 'failed' }, undefined],
  ])('of %j is %j', (body, reason) => expect(failureReason(body)).toEqual(reason))
})

describe('hasFailedStatus', () => {
  it.each(['failed', 'FAILED', 'failure', 'error', 'canceled', 'cancelled', 'load_failed', 'load-error', 'aborted'])(
    'is true for %j',
    (status) => expect(hasFailedStatus({ status })).toBe(true),
  )

  it.each(['downloading', 'not failed', 'failed over', 'completed', undefined, null, 500, ['failed']])(
    'is false for %j',
    (status) => expect(hasFailedStatus({ status })).toBe(false),
  )
})

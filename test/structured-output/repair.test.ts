import { describe, expect, it } from 'vitest'
import { OutputValidationError } from '../../src/errors/index.js'
import { isRepairable, toRepairRequest, withFirstError } from '../../src/structured-output/repair.js'

const errorWith = (count: number): OutputValidationError => {
  const issues = Array.from({ length: count }, (_, index) => ({ path: ['birds', index], message: 'is missing' }))
  return new OutputValidationError('no', { code: 'output-mismatch', text: '{"birds":[]}', issues })
}

/** The user message of a repair request. */
const instructionFor = (error: OutputValidationError): unknown =>
  toRepairRequest({ model: 'm', prompt: 'Birds.' }, error).messages?.at(-1)?.content

describe('toRepairRequest', () => {
  it('continues the conversation and keeps the other settings', () => {
    const request = { model: 'm', prompt: 'Birds.', system: 'Be brief.', maxTokens: 5 }
    expect(toRepairRequest(request, errorWith(1))).toEqual({
      model: 'm',
      maxTokens: 5,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Birds.' },
        { role: 'assistant', content: '{"birds":[]}' },
        {
          role: 'user',
          content:
            'Your response does not match the schema:\n- birds[0]: is missing\n' +
            'Respond again, with nothing but JSON that matches the schema.',
        },
      ],
    })
  })

  it('lists an issue of the whole value without a path', () => {
    const issues = [{ path: [], message: 'must be an object' }]
    const error = new OutputValidationError('no', { code: 'output-mismatch', text: '7', issues })
    expect(instructionFor(error)).toContain('schema:\n- must be an object\nRespond')
  })

  it('tells the model that its response is not JSON', () => {
    const error = new OutputValidationError('no', { code: 'output-not-json', text: 'Gulls.' })
    expect(instructionFor(error)).toBe(
      'Your response is not valid JSON.\nRespond again, with nothing but JSON that matches the schema.',
    )
  })

  it.each([
    [20, 20],
    [21, 20],
  ])('of %i issues lists %i', (count, listed) => {
    expect(String(instructionFor(errorWith(count))).match(/^- /gm)).toHaveLength(listed)
  })
})

describe('isRepairable', () => {
  it.each([
    ['output-not-json', true],
    ['output-mismatch', true],
    ['output-truncated', false],
    ['output-empty', false],
    ['output-refused', false],
  ] as const)('of %s is %s', (code, expected) => {
    expect(isRepairable(new OutputValidationError('no', { code, text: '' }))).toBe(expected)
  })

  it('is false for other errors', () => {
    expect(isRepairable(Object.assign(new Error('no'), { code: 'output-mismatch' }))).toBe(false)
  })
})

describe('withFirstError', () => {
  it('makes the first error the cause of the second', () => {
    const [first, second] = [errorWith(1), errorWith(2)]
    expect(withFirstError(first, second)).toBe(second)
    expect(second.cause).toBe(first)
  })

  it('leaves errors of other kinds unchanged', () => {
    const second = new RangeError('no')
    expect(withFirstError(errorWith(1), second)).toBe(second)
    expect(second.cause).toBeUndefined()
  })
})

import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { invalidRequest, validateOptions, validateRequest } from '../../src/validation/validate.js'
import { ConfigurationError, InvalidRequestError } from '../../src/errors/index.js'
import { thrownBy } from '../helpers/provider-errors.js'

const schema = v.strictObject({
  model: v.string(),
  topP: v.optional(v.number()),
  tag: v.optional(v.strictObject({ deep: v.string() })),
})

describe('validateRequest', () => {
  it('passes what fits', () => expect(() => validateRequest(schema, { model: 'm', topP: 1 })).not.toThrow())

  it('lists everything that is wrong, with paths', () => {
    const error = thrownBy(() =>
      validateRequest(schema, { topP: 'x', tag: { deep: 1 }, top_p: 1 }),
    ) as InvalidRequestError
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(error).not.toBeInstanceOf(ConfigurationError)
    expect(error.code).toBe('invalid-request')
    expect(error.issues.map(({ path }) => path)).toEqual(
      expect.arrayContaining([['model'], ['topP'], ['tag', 'deep'], ['top_p']]),
    )
    expect(error.issues).toHaveLength(4)
  })

  it('suggests keys of the schema and of the vocabulary for a key it does not know', () => {
    const messages = (value: object, words?: string[]): string =>
      (thrownBy(() => validateRequest(schema, { model: 'm', ...value }, words)) as Error).message
    expect(messages({ top_p: 1 })).toContain('topP')
    expect(messages({ tool_calls: 1 }, ['toolCalls'])).toContain('toolCalls')
    expect(messages({ zebra: 1 })).not.toContain('did you mean')
  })

  it('keeps its message short however much is wrong', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`unknown${index}`, 1]))
    const error = thrownBy(() => validateRequest(schema, { model: 'm', ...many })) as InvalidRequestError
    expect(error.message.length).toBeLessThan(400)
    expect(error.issues.length).toBeGreaterThan(0)
  })

  it.each([[null], [undefined], ['text'], [7]])('refuses %j for the whole', (value) => {
    expect((thrownBy(() => validateRequest(schema, value)) as InvalidRequestError).issues[0]).toMatchObject({
      path: [],
    })
  })
})

describe('validateOptions', () => {
  it('names the first bad one as its source', () => {
    const error = thrownBy(() => validateOptions(schema, { model: 7 }, 'the option')) as ConfigurationError
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ source: 'the option model', code: 'invalid-option' })
    expect(error.hint).toBe('Correct the option, or leave it out to use the default.')
  })

  it('lists the options there are when one does not exist', () => {
    const error = thrownBy(() => validateOptions(schema, { model: 'm', topq: 1 }, 'the option')) as ConfigurationError
    expect(error.message).toContain('topP')
    expect(error.hint).toContain('model')
  })

  it.each([
    ['baseURL', 'endpoint'],
    ['apiKey', 'apiToken'],
  ])('knows that %s is elsewhere what is %s here', (key, option) => {
    const options = v.strictObject({ endpoint: v.optional(v.string()), apiToken: v.optional(v.string()) })
    const error = thrownBy(() => validateOptions(options, { [key]: 'x' }, 'the option')) as ConfigurationError
    expect(error.message).toContain(`\`${option}\``)
  })

  it('names the options when it is them that are wrong', () => {
    expect(thrownBy(() => validateOptions(schema, null, 'the option'))).toMatchObject({ source: 'the options' })
  })
})

describe('invalidRequest', () => {
  it('says what is wrong with the request itself and with its parts', () => {
    const error = invalidRequest(
      [
        { path: [], message: 'is odd' },
        { path: ['a', 0], message: 'is even' },
      ],
      'Look again.',
    )
    expect(error.message).toMatch(/is odd.*a\[0\].*is even/)
    expect(error.hint).toBe('Look again.')
    expect(invalidRequest([{ path: [], message: 'x' }]).hint.length).toBeGreaterThan(10)
  })
})

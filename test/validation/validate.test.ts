import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, InvalidRequestError } from '../../src/errors/index.js'
import { capitalize, invalidRequest, validateOptions, validateRequest } from '../../src/validation/validate.js'
import { thrownBy } from '../helpers/provider-errors.js'

const schema = v.strictObject({
  model: v.string(),
  topP: v.optional(v.number()),
  tag: v.optional(v.strictObject({ deep: v.string() })),
})

const requestError = (request: unknown, nestedKeys?: string[]): InvalidRequestError => {
  const error = thrownBy(() => validateRequest(schema, request, nestedKeys))
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(error).not.toBeInstanceOf(ConfigurationError)
  return error as InvalidRequestError
}

describe('validateRequest', () => {
  it('accepts a request that matches the schema', () => {
    expect(() => validateRequest(schema, { model: 'm', topP: 1, tag: { deep: 'x' } })).not.toThrow()
  })

  it('lists every invalid field with its path', () => {
    const error = requestError({ topP: 'x', tag: { deep: 1 }, top_p: 1 })
    expect(error.code).toBe('invalid-request')
    expect(error.issues).toEqual([
      { path: ['model'], message: 'is missing' },
      { path: ['topP'], message: 'must be a number, not a string' },
      { path: ['tag', 'deep'], message: 'must be a string, not a number' },
      { path: ['top_p'], message: 'does not exist (did you mean `topP`?)' },
    ])
  })

  it('names the first three issues in the message', () => {
    expect(requestError({ topP: 'x', tag: { deep: 1 }, top_p: 1 }).message).toBe(
      'The request is invalid: `model` is missing; `topP` must be a number, not a string; `tag.deep` must be a string, not a number.',
    )
  })

  it('suggests a key of the schema for an unknown key', () => {
    expect(requestError({ model: 'm', top_p: 1 }).message).toContain('`top_p` does not exist (did you mean `topP`?)')
  })

  it('suggests a nested key for an unknown nested key', () => {
    const request = { model: 'm', tag: { deep: 'x', tool_calls: 1 } }
    expect(requestError(request, ['toolCalls']).message).toContain('did you mean `toolCalls`?')
    expect(requestError(request).message).toBe('The request is invalid: `tag.tool_calls` does not exist.')
  })

  it('does not suggest a key of the top level for a nested one', () => {
    const request = { model: 'm', tag: { deep: 'x', top_p: 1 } }
    expect(requestError(request).message).toBe('The request is invalid: `tag.top_p` does not exist.')
  })

  it('suggests no name of an option where there is no such option', () => {
    expect(requestError({ model: 'm', baseURL: 1 }).message).toBe('The request is invalid: `baseURL` does not exist.')
  })

  it('has the hint of its code for an invalid field', () => {
    expect(requestError({ topP: 'x' }).hint).toContain('`issues` lists')
  })

  it('suggests nothing for a key that resembles no known one', () => {
    expect(requestError({ model: 'm', zebra: 1 }).message).toBe('The request is invalid: `zebra` does not exist.')
  })

  it.each([
    [null, 'must be an object, not null'],
    ['text', 'must be an object, not a string'],
    [7, 'must be an object, not a number'],
    [[], 'must be an object, not an array'],
    [undefined, 'is missing'],
  ])('rejects %j in place of a request', (value, message) => {
    const error = requestError(value)
    expect(error.issues).toEqual([{ path: [], message }])
    expect(error.message).toBe(`The request is invalid: it ${message}.`)
    expect(error.hint).toBe('Pass an object with the fields of the request.')
  })
})

describe('validateOptions', () => {
  const optionsError = (options: unknown, of: Parameters<typeof validateOptions>[0] = schema): ConfigurationError => {
    const error = thrownBy(() => validateOptions(of, options, 'the option'))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect((error as ConfigurationError).code).toBe('invalid-option')
    return error as ConfigurationError
  }

  it('accepts options that match the schema', () => {
    expect(() => validateOptions(schema, { model: 'm' }, 'the option')).not.toThrow()
  })

  it('names the first invalid option as the source', () => {
    const error = optionsError({ model: 7, topP: 'x' })
    expect(error.source).toBe('the option model')
    expect(error.message).toBe('The option model must be a string, not a number.')
    expect(error.hint).toBe('Correct the option, or leave it out to use the default.')
    expect(error.issues).toHaveLength(2)
  })

  it('lists the known options for an unknown one', () => {
    const error = optionsError({ model: 'm', topq: 1 })
    expect(error.message).toBe('The option topq does not exist (did you mean `topP`?).')
    expect(error.hint).toBe('Known: model, topP, tag.')
  })

  it.each([
    ['baseURL', 'endpoint'],
    ['baseUrl', 'endpoint'],
    ['url', 'endpoint'],
    ['apiKey', 'apiToken'],
    ['abortSignal', 'signal'],
  ])('suggests for %s, the name that other clients use, %s', (key, option) => {
    const [endpoint, apiToken, signal] = [v.optional(v.string()), v.optional(v.string()), v.optional(v.any())]
    const options = v.strictObject({ endpoint, apiToken, signal })
    expect(optionsError({ [key]: 'x' }, options).message).toContain(`did you mean \`${option}\`?`)
  })

  it('names the options as a whole if they are not an object', () => {
    const error = optionsError(null)
    expect(error.source).toBe('the options')
    expect(error.message).toBe('The options must be an object, not null.')
    expect(error.hint).toBe('Known: model, topP, tag.')
  })
})

describe('invalidRequest', () => {
  it('names the request itself and its fields', () => {
    const issues = [
      { path: [], message: 'is odd' },
      { path: ['a', 0], message: 'is even' },
    ]
    const error = invalidRequest(issues, 'Look again.')
    expect(error.message).toBe('The request is invalid: it is odd; `a[0]` is even.')
    expect(error.hint).toBe('Look again.')
    expect(error.issues).toEqual(issues)
  })

  it('has the hint of its code by default', () => {
    expect(invalidRequest([{ path: [], message: 'x' }]).hint).toContain('`issues` lists')
  })

  it('keeps every issue but names only three', () => {
    const issues = Array.from({ length: 4 }, (_, index) => ({ path: [`f${index}`], message: 'is odd' }))
    const error = invalidRequest(issues)
    expect(error.message).toBe('The request is invalid: `f0` is odd; `f1` is odd; `f2` is odd.')
    expect(error.issues).toHaveLength(4)
  })
})

describe('capitalize', () => {
  it('changes the first letter only', () => {
    expect(capitalize('the option apiToken')).toBe('The option apiToken')
  })
})

describe('a value that cannot be read', () => {
  it('is refused without a path if no known member is the cause', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const unlisted = new Proxy(
      { model: 'm' },
      {
        ownKeys() {
          throw new TypeError('secret')
        },
      },
    )
    const schema = v.strictObject({ model: v.optional(v.string()) })
    expect(thrownBy(() => validateRequest(schema, unlisted))).toMatchObject({ issues: [{ path: [] }] })
    expect(thrownBy(() => validateRequest(schema, proxy))).toMatchObject({
      issues: [{ path: ['model'], message: 'cannot be read: its getter or proxy throws' }],
    })
  })
})

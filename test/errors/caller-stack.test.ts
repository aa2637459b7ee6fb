import { expect, it } from 'vitest'
import { NetworkError, type ProviderError } from 'lmstudio-provider'
import { addCaller, captureCaller, withCaller } from '../../src/errors/caller-stack.js'
import { rejectionOf } from '../helpers/provider-errors.js'

/** A public function: the frames of a call begin below it. */
function verb(run: () => Promise<unknown>): Promise<unknown> {
  return withCaller(verb, run)
}

function callVerb(run: () => Promise<unknown>): Promise<unknown> {
  return verb(run)
}

/** An error whose stack does not lead here, as it is behind a shared promise. */
const farError = (): ProviderError =>
  Object.assign(new NetworkError('x', {}), { stack: 'Error: x\n    at elsewhere (file.js:1:1)' })

it('adds the lines of the caller below those of the error', async () => {
  const error = (await rejectionOf(callVerb(() => Promise.reject(farError())))) as Error
  const lines = error.stack!.split('\n')
  expect(lines.slice(0, 2)).toEqual(['Error: x', '    at elsewhere (file.js:1:1)'])
  expect(lines[2]).toContain('callVerb')
  expect(error.stack).not.toContain('at verb')
})

it('does not repeat a line that the stack already has', async () => {
  const error = farError()
  const call = callVerb(() => {
    error.stack = captureCaller(verb).stack!
    return Promise.reject(error)
  })
  const { stack } = error
  expect(stack).toContain('callVerb')
  await rejectionOf(call)
  expect(error.stack).toBe(stack)
})

it.each([
  ['await', 'at callVerb (app.js:3:9)', 'at async callVerb (app.js:3:9)'],
  ['no await', 'at async callVerb (app.js:3:9)', 'at callVerb (app.js:3:9)'],
])('recognizes a line that the stack already has, with %s', (_, captured, known) => {
  const error = farError()
  error.stack = `Error: x\n    ${known}`
  addCaller(error, { stack: `Error\n    ${captured}\n    at main (app.js:9:1)` })
  expect(error.stack).toBe(`Error: x\n    ${known}\n    at main (app.js:9:1)`)
})

it('adds nothing but the lines of calls', () => {
  const error = farError()
  error.stack = 'Failed\n    at elsewhere (file.js:1:1)'
  addCaller(error, { stack: 'Error\n    at callVerb (app.js:3:9)\n' })
  expect(error.stack).toBe('Failed\n    at elsewhere (file.js:1:1)\n    at callVerb (app.js:3:9)')
})

it('leaves the stack as it is where an engine writes its lines in another form', () => {
  const error = farError()
  const { stack } = error
  addCaller(error, { stack: 'callVerb@http://localhost/app.js:3:9\nmain@http://localhost/look at this.js:9:1' })
  expect(error.stack).toBe(stack)
})

it('leaves a stack that an application made something else of', () => {
  const error = Object.assign(farError(), { stack: ['elsewhere'] as unknown as string })
  addCaller(error, { stack: 'Error\n    at callVerb (app.js:3:9)' })
  expect(error.stack).toEqual(['elsewhere'])
})

it('names at most two callers where calls share an error', async () => {
  const error = farError()
  await rejectionOf(callVerb(() => Promise.reject(error)))
  const first = error.stack!
  await rejectionOf(verb(() => Promise.reject(error)))
  const second = error.stack!
  expect(second.length).toBeGreaterThan(first.length)
  await rejectionOf(verb(() => Promise.reject(error)))
  expect(error.stack).toBe(second)
})

it('leaves the errors of an application as they are, such as the reason of an abort', async () => {
  const reason = new Error('left')
  const { stack } = reason
  expect(await rejectionOf(callVerb(() => Promise.reject(reason)))).toBe(reason)
  expect(reason.stack).toBe(stack)
})

it.each<[string, (error: ProviderError) => unknown]>([
  ['is frozen', (error) => Object.freeze(error)],
  ['has no text as its stack', (error) => Object.defineProperty(error, 'stack', { value: [] })],
  [
    'throws when its stack is read',
    (error) =>
      Object.defineProperty(error, 'stack', {
        get() {
          throw new Error('no stack')
        },
      }),
  ],
])('rejects with an error that %s', async (_, change) => {
  const error = farError()
  change(error)
  expect(await rejectionOf(callVerb(() => Promise.reject(error)))).toBe(error)
})

it.each(['text', undefined, 7, null, { stack: 'x' }])('leaves %j, which is not an error, as it is', async (reason) => {
  expect(await rejectionOf(callVerb(() => Promise.reject(reason)))).toBe(reason)
})

it('does nothing where the engine cannot capture a stack', async () => {
  const { captureStackTrace } = Error
  try {
    Error.captureStackTrace = undefined as never
    const error = farError()
    const { stack } = error
    expect(await rejectionOf(callVerb(() => Promise.reject(error)))).toBe(error)
    expect(error.stack).toBe(stack)
  } finally {
    Error.captureStackTrace = captureStackTrace
  }
})

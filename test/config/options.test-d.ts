import { assertType, describe, expectTypeOf, it } from 'vitest'
import * as v from 'valibot'
import type { DiagnoseOptions } from '../../src/diagnostics/diagnose.js'
import type { CallOptions, ListOptions, LMStudioOptions, LogEvent } from '../../src/config/options.js'
import { callEntries, providerOptionEntries } from '../../src/config/resolve-config.js'
import type { EntriesOf } from '../../src/validation/schema.js'

const any = v.unknown()
const call = { signal: any, timeout: any, maxRetries: any, headers: any }
const { timeout: _timeout, ...callWithoutTimeout } = callEntries()
const { endpoint: _endpoint, ...providerWithoutEndpoint } = providerOptionEntries()

describe('the schema of the options', () => {
  it('has exactly the keys of the type', () => {
    expectTypeOf<keyof ReturnType<typeof providerOptionEntries>>().toEqualTypeOf<keyof LMStudioOptions>()
    expectTypeOf<keyof ReturnType<typeof callEntries>>().toEqualTypeOf<keyof CallOptions>()
  })

  it('accepts what the type accepts', () => {
    type Output<E> = E extends v.ObjectEntries ? v.InferOutput<v.StrictObjectSchema<E, undefined>> : never
    expectTypeOf<Output<ReturnType<typeof callEntries>>>().toExtend<CallOptions>()
    expectTypeOf<Output<ReturnType<typeof providerOptionEntries>>>().toExtend<LMStudioOptions>()
  })

  it('does not compile without one of the fields', () => {
    assertType<EntriesOf<CallOptions>>(call)
    // @ts-expect-error `timeout` is missing
    assertType<EntriesOf<CallOptions>>(callWithoutTimeout)
    // @ts-expect-error `endpoint` is missing
    assertType<EntriesOf<LMStudioOptions>>(providerWithoutEndpoint)
    // @ts-expect-error `refresh` is missing
    assertType<EntriesOf<ListOptions>>(call)
    // @ts-expect-error `prompt` is missing
    assertType<EntriesOf<DiagnoseOptions>>({ ...providerOptionEntries(), signal: any })
  })

  it('does not compile with a misspelt field', () => {
    // @ts-expect-error `maxRetrys`
    void ({ signal: any, timeout: any, maxRetries: any, headers: any, maxRetrys: any } satisfies EntriesOf<CallOptions>)
    // @ts-expect-error `refesh`
    void ({ ...call, refresh: any, refesh: any } satisfies EntriesOf<ListOptions>)
    // @ts-expect-error `promt`
    void ({ ...providerOptionEntries(), signal: any, promt: any } satisfies EntriesOf<DiagnoseOptions>)
  })
})

describe('the types of the options', () => {
  it('reject a misspelt option', () => {
    // @ts-expect-error `timeuot`
    assertType<CallOptions>({ timeuot: 5 })
    // @ts-expect-error `promt`
    assertType<DiagnoseOptions>({ promt: true })
    // @ts-expect-error `refesh`
    assertType<ListOptions>({ refesh: true })
  })

  it('take only codes that exist in a log event', () => {
    assertType<LogEvent>({ level: 'error', type: 'error', message: 'x', code: 'not-running' })
    assertType<LogEvent>({ level: 'warn', type: 'diagnosis', message: 'x', code: 'unknown-variable' })
    // @ts-expect-error a misspelt code
    assertType<LogEvent>({ level: 'error', type: 'error', message: 'x', code: 'not-runing' })
  })
})

describe('the options for interceptors', () => {
  it('have what ofetch gives each of them', () => {
    assertType<LMStudioOptions>({
      onRequest: ({ options }) => void expectTypeOf(options.headers).toEqualTypeOf<Headers>(),
      onRequestError: ({ error }) => void expectTypeOf(error).toEqualTypeOf<Error>(),
      onResponse: ({ response }) => void expectTypeOf(response).toEqualTypeOf<Response>(),
      onResponseError: [({ response }) => void expectTypeOf(response).toEqualTypeOf<Response>()],
    })
  })
})

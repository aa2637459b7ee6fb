import * as v from 'valibot'
import { ConfigurationError } from '../errors/errors.js'
import { redact } from '../errors/redact.js'
import { ignore, isSignal } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { optional, range, whole } from '../validation/schema.js'
import { capitalise, validateOptions } from '../validation/validate.js'
import { DEFAULTS } from './defaults.js'
import { normalizeEndpoint } from './endpoint.js'
import { checkHeaders } from './headers.js'
import type { CallOptions, Config, InterceptorName, LMStudioOptions, Log } from './options.js'

/** The longest wait a timer can hold, milliseconds: beyond it, `setTimeout` fires at once. */
export const MAX_MS: number = 2_147_483_647

const milliseconds = range(1, MAX_MS, 'number of milliseconds')
const boolean = v.optional(v.boolean('must be true or false'))
const anything = v.optional(v.unknown())

/** Whether a value can be an endpoint, as far as its type goes. */
export const isAddress = (value: unknown): boolean => typeof value === 'string' || value instanceof URL

const isCallable = (value: unknown): boolean => typeof value === 'function'
const callable = optional(isCallable, 'must be a function')
const interceptor = optional(
  (value) => isCallable(value) || (Array.isArray(value) && value.every(isCallable)),
  'must be a function or a list of functions',
)

const isCache = (value: unknown): boolean =>
  value === false ||
  (typeof value === 'object' &&
    value !== null &&
    ['get', 'set', 'delete', 'clear'].every((method) => isCallable((value as Record<string, unknown>)[method])))

const callOptions = { timeout: milliseconds, maxRetries: whole(0, 100), headers: anything }

const optionsSchema = v.strictObject({
  ...callOptions,
  endpoint: optional(isAddress, 'must be a string or a URL'),
  apiToken: optional((value) => typeof value === 'string' || isCallable(value), 'must be a string or a function'),
  generationTimeout: milliseconds,
  idleTimeout: milliseconds,
  cache: optional(isCache, 'must be a cache adapter (get, set, delete, clear) or false'),
  cacheTtl: range(0, MAX_MS, 'number of milliseconds'),
  allowRemote: boolean,
  maxConcurrency: whole(1, 1000),
  onRequest: interceptor,
  onRequestError: interceptor,
  onResponse: interceptor,
  onResponseError: interceptor,
  fetch: callable,
  logger: callable,
})

const callOptionsSchema = v.strictObject({
  ...callOptions,
  signal: optional(isSignal, 'must be an AbortSignal'),
})

const listOptionsSchema = v.strictObject({ ...callOptionsSchema.entries, refresh: boolean })

const diagnoseOptionsSchema = v.strictObject({
  ...optionsSchema.entries,
  signal: callOptionsSchema.entries.signal,
  prompt: boolean,
})

/** Options, checked and with the defaults in place; throws {@link ConfigurationError}. */
export function resolveOptions(options: LMStudioOptions = {}): Config {
  validateOptions(optionsSchema, options, 'the option')
  const { onRequest, onRequestError, onResponse, onResponseError, ...others } = options
  const { headers, logger, allowRemote, endpoint, ...rest } = { ...DEFAULTS, ...compact(others) }
  if (typeof rest.apiToken === 'string') checkToken(rest.apiToken, 'the option apiToken')
  return {
    apiToken: undefined,
    cache: undefined,
    fetch: undefined,
    ...rest,
    interceptors: toInterceptors({ onRequest, onRequestError, onResponse, onResponseError }),
    headers: checkHeaders(headers, 'the option headers'),
    endpoint: normalizeEndpoint(endpoint, allowRemote, 'The option endpoint'),
    log: createLog(logger),
  }
}

function toInterceptors(options: Pick<LMStudioOptions, InterceptorName>): Config['interceptors'] {
  if (Object.values(options).every((hooks) => hooks === undefined)) return undefined
  const { onRequest = [], onRequestError = [], onResponse = [], onResponseError = [] } = options
  return {
    onRequest: [onRequest].flat(),
    onRequestError: [onRequestError].flat(),
    onResponse: [onResponse].flat(),
    onResponseError: [onResponseError].flat(),
  }
}

/** Checks the options of one call; throws {@link ConfigurationError}. */
export function checkCallOptions(options: CallOptions | undefined): void {
  validateCallOptions(callOptionsSchema, options)
}

/** Checks the options of a listing, which can also ask for a refresh. */
export function checkListOptions(options: CallOptions | undefined): void {
  validateCallOptions(listOptionsSchema, options)
}

function validateCallOptions(schema: typeof callOptionsSchema, options: CallOptions | undefined): void {
  // A slip that would else be told as an unknown option `aborted`.
  if (isSignal(options))
    throw new ConfigurationError('The call options are an AbortSignal.', {
      source: 'the call options',
      code: 'invalid-option',
      hint: 'Pass it as { signal }.',
    })
  if (options !== undefined) validateOptions(schema, options, 'the call option')
}

/** Checks the options of a diagnosis: a provider's, and two of its own. */
export function checkDiagnoseOptions(options: object): void {
  validateOptions(diagnoseOptionsSchema, options, 'the option')
}

/** A token must be able to stand in a header; the platform's own error would quote it. */
export function checkToken(token: string, source: string): string {
  const isQuoted = /^(["']).*\1$/.test(token)
  if (/^[\x21-\x7e]*$/.test(token) && !isQuoted) return token
  throw new ConfigurationError(
    isQuoted
      ? `${capitalise(source)} has quotes around it.`
      : `${capitalise(source)} holds a character that cannot stand in a header (a space, a line break, …).`,
    {
      source,
      hint: 'Copy the token again from LM Studio, without `Bearer` or anything else before or after it.',
      code: 'invalid-token',
    },
  )
}

function createLog(logger: LMStudioOptions['logger']): Log | undefined {
  if (logger === undefined) return undefined
  return (event) => {
    try {
      const logged: unknown = logger({ ...event, message: redact(event.message) })
      // An asynchronous logger fails later, and as little of our affair.
      if (logged instanceof Promise) logged.catch(ignore)
    } catch {
      // A logger that fails must not fail the call it watches.
    }
  }
}

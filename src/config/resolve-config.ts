import * as v from 'valibot'
import { ConfigurationError } from '../errors/errors.js'
import { toSafeText } from '../errors/redact.js'
import { ignore, isSignal } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, flag, id, oneOf, optional, range, whole } from '../validation/schema.js'
import { capitalize, validateOptions } from '../validation/validate.js'
import { basePathsOf, withoutBasePath } from './base-paths.js'
import { DEFAULTS } from './defaults.js'
import { readEndpoint } from './endpoint.js'
import { checkHeaders } from './headers.js'
import type {
  CallOptions,
  Config,
  HeadersLike,
  Interceptor,
  InterceptorName,
  ListOptions,
  LMStudioOptions,
  Log,
} from './options.js'
import { unusualAspects } from './unusual-endpoint.js'

/** The longest time that a timer can wait, in ms: with a longer one, `setTimeout` fires at once. */
export const MAX_MS = 2_147_483_647

/** Tests whether the type of a value is that of an endpoint. */
export const isAddress = (value: unknown): boolean => typeof value === 'string' || value instanceof URL

const isFunction = (value: unknown): boolean => typeof value === 'function'

const isCache = (value: unknown): boolean =>
  value === false ||
  (typeof value === 'object' &&
    value !== null &&
    ['get', 'set', 'delete', 'clear'].every((method) => isFunction((value as Record<string, unknown>)[method])))

const isReasoningTags = (value: unknown): boolean =>
  value === false ||
  (Array.isArray(value) &&
    value.every(
      (pair) =>
        Array.isArray(pair) && pair.length === 2 && pair.every((tag) => typeof tag === 'string' && tag.trim() !== ''),
    ))

const milliseconds = (min: number) => range(min, MAX_MS, 'number of milliseconds')
const signal = () => optional<AbortSignal>(isSignal, 'must be an AbortSignal')
// `checkHeaders` checks the value, and names the invalid header.
const headers = () => v.optional(v.custom<HeadersLike>(() => true))

const interceptorEntries = () => {
  const interceptor = optional<Interceptor | readonly Interceptor[]>(
    (value) => isFunction(value) || (Array.isArray(value) && value.every(isFunction)),
    'must be a function or a list of functions',
  )
  return {
    onRequest: interceptor,
    onRequestError: interceptor,
    onResponse: interceptor,
    onResponseError: interceptor,
  } satisfies EntriesOf<Pick<LMStudioOptions, InterceptorName>>
}

/** Entries of the schema of a provider's options. */
export const providerOptionEntries = /* @__PURE__ */ once(
  () =>
    ({
      timeout: milliseconds(1),
      maxRetries: whole(0, 100),
      headers: headers(),
      endpoint: optional<string | URL>(isAddress, 'must be a string or a URL'),
      basePath: optional<string>((value) => typeof value === 'string', 'must be a string'),
      apiToken: optional<LMStudioOptions['apiToken']>(
        (value) => typeof value === 'string' || isFunction(value),
        'must be a string or a function',
      ),
      generationTimeout: milliseconds(1),
      idleTimeout: milliseconds(1),
      cache: optional<LMStudioOptions['cache']>(isCache, 'must be a cache adapter (get, set, delete, clear) or false'),
      cacheTtl: milliseconds(0),
      allowRemote: flag(),
      maxConcurrency: whole(1, 1000),
      includeUsage: flag(),
      reasoningTags: optional<LMStudioOptions['reasoningTags']>(
        isReasoningTags,
        'must be a list of pairs of non-empty strings, such as [["<think>", "</think>"]], or false',
      ),
      onModelSubstituted: v.optional(oneOf(['warn', 'error'])),
      model: v.optional(id),
      ...interceptorEntries(),
      fetch: optional<typeof globalThis.fetch>(isFunction, 'must be a function'),
      logger: optional<LMStudioOptions['logger']>(isFunction, 'must be a function'),
    }) satisfies EntriesOf<LMStudioOptions>,
)

/** Entries of the schema of the options of one call. */
export const callEntries = /* @__PURE__ */ once(
  () =>
    ({
      timeout: milliseconds(1),
      maxRetries: whole(0, 100),
      headers: headers(),
      signal: signal(),
    }) satisfies EntriesOf<CallOptions>,
)

const providerSchema = /* @__PURE__ */ once(() => v.strictObject(providerOptionEntries()))
const callSchema = /* @__PURE__ */ once(() => v.strictObject(callEntries()))
const listSchema = /* @__PURE__ */ once(() =>
  v.strictObject({ ...callEntries(), refresh: flag() } satisfies EntriesOf<ListOptions>),
)

/**
 * Checks the options of a provider and fills in the defaults.
 *
 * @throws {@link ConfigurationError} an option is invalid or unknown
 */
export function resolveOptions(options: LMStudioOptions = {}): Config {
  validateOptions(providerSchema(), options, 'the option')
  const { onRequest, onRequestError, onResponse, onResponseError, ...others } = options
  const { headers, logger, allowRemote, endpoint, basePath, ...rest } = { ...DEFAULTS, ...compact(others) }
  if (typeof rest.apiToken === 'string') checkToken(rest.apiToken, 'the option apiToken')
  const address = readEndpoint(endpoint, allowRemote, 'The option endpoint')
  const basePaths = basePathsOf(basePath, address.apiPath)
  return {
    apiToken: undefined,
    cache: undefined,
    fetch: undefined,
    reasoningTags: undefined,
    model: undefined,
    ...rest,
    interceptors: toInterceptors({ onRequest, onRequestError, onResponse, onResponseError }),
    headers: checkHeaders(headers, 'the option headers'),
    endpoint: basePath === undefined ? address.endpoint : withoutBasePath(address.endpoint, basePaths[0]!),
    basePaths,
    unusualAspects: unusualAspects(address),
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

/**
 * Checks the options of one call.
 *
 * @throws {@link ConfigurationError} an option is invalid or unknown
 */
export function checkCallOptions(options: CallOptions | undefined): void {
  if (options !== undefined) validateCallOptions(callSchema(), options)
}

/**
 * Checks the options of a listing: those of a call, and `refresh`.
 *
 * @throws {@link ConfigurationError} an option is invalid or unknown
 */
export function checkListOptions(options: ListOptions | undefined): void {
  if (options !== undefined) validateCallOptions(listSchema(), options)
}

function isBareSignal(options: CallOptions): boolean {
  try {
    return isSignal(options)
  } catch {
    // Options that cannot be read, which their check reports.
    return false
  }
}

function validateCallOptions(schema: Parameters<typeof validateOptions>[0], options: CallOptions): void {
  // The check would reject a signal for its unknown option `aborted`.
  if (isBareSignal(options))
    throw new ConfigurationError('The call options are an AbortSignal.', {
      source: 'the call options',
      code: 'invalid-option',
      hint: 'Pass the signal as { signal }.',
    })
  validateOptions(schema, options, 'the call option')
}

/**
 * Returns the token if a header can carry it. The platform's own error would quote it.
 *
 * @throws {@link ConfigurationError} names the problem, but never quotes the token
 */
export function checkToken(token: string, source: string): string {
  const isQuoted = /^(["']).*\1$/.test(token)
  if (/^[\x21-\x7e]*$/.test(token) && !isQuoted) return token
  const problem = isQuoted
    ? 'is enclosed in quotes'
    : 'contains a character that a header cannot carry (a space, a line break, …)'
  throw new ConfigurationError(`${capitalize(source)} ${problem}.`, { source, code: 'invalid-token' })
}

/** Returns a function that passes events to a logger, redacted, and ignores its failures. */
export function createLog(logger: LMStudioOptions['logger']): Log | undefined {
  if (logger === undefined) return undefined
  return (event) => {
    try {
      const result: unknown = logger({ ...event, message: toSafeText(event.message) })
      // An asynchronous logger must not cause an unhandled rejection either.
      if (result !== undefined) Promise.resolve(result).catch(ignore)
    } catch {
      // A logger that fails must not fail the call.
    }
  }
}

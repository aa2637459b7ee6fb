import { isOpenAIRoute } from '../config/base-paths.js'
import { InvalidResponseError, UnsupportedEndpointError } from '../errors/errors.js'
import type { ProviderError } from '../errors/provider-error.js'
import type { RequestSpec } from './request-spec.js'

/** Where one server has its OpenAI-compatible routes, as far as its responses have shown. */
export interface BasePaths {
  /** In the order in which they are tried. */
  readonly candidates: readonly string[]
  /** The one that worked last, or the first. */
  current: string
  /** Whether a generation has worked there, so that the others need not be tried. */
  isCertain: boolean
}

export function createBasePaths(candidates: readonly string[]): BasePaths {
  return { candidates, current: candidates[0]!, isCertain: false }
}

/** Whether the server has shown that it does not know a route, so that the request can be sent to another path. */
export function isUnknownRoute(error: unknown, { kind }: RequestSpec): error is ProviderError {
  if (UnsupportedEndpointError.isInstance(error)) return true
  // The page of an application whose router takes every path. A generation may have run before a response that is not JSON.
  return kind === 'read' && InvalidResponseError.isInstance(error) && error.code === 'not-json'
}

/**
 * Returns the base path to try after those that were tried, the last of which ended in `error`; `undefined` if there is none.
 */
export function nextBasePath(
  { candidates, current, isCertain }: BasePaths,
  { route }: RequestSpec,
  { endpoint, status }: ProviderError,
  tried: readonly string[],
): string | undefined {
  if (!isOpenAIRoute(route)) return undefined
  // Another call may have found the path by now.
  if (isCertain) return tried.includes(current) ? undefined : current
  // With a 200, LM Studio reports a route that it does not know. Where no proxy is in front of it, it has no other paths.
  if (status === 200 && endpoint !== undefined && new URL(endpoint).pathname === '/') return undefined
  return candidates.find((path) => !tried.includes(path))
}

/** Remembers where a request of the client has worked. */
export function rememberBasePath(paths: BasePaths, { route, kind }: RequestSpec, basePath: string): void {
  if (paths.isCertain || !isOpenAIRoute(route)) return
  paths.current = basePath
  paths.isCertain = kind !== 'read'
}

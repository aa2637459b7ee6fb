import { ConfigurationError } from '../errors/errors.js'

/** The path of the OpenAI-compatible routes in {@link ROUTES}. */
export const USUAL_BASE_PATH = '/v1'

const PATH = /^(\/[\w.~%!$&'()*+,;=:@-]+)*$/

/**
 * Returns the paths below the endpoint at which the OpenAI-compatible routes can be, in the order in which they are tried: the
 * option or the usual one, then the endpoint as it was given.
 *
 * @param apiPath - the path of an API that the endpoint was given with
 *
 * @throws {@link ConfigurationError} the option is not a path
 */
export function basePathsOf(basePath: string | undefined, apiPath: string): readonly string[] {
  if (basePath === undefined) return [...new Set([USUAL_BASE_PATH, apiPath])]
  const path = `/${basePath.trim()}`.replaceAll(/\/+/g, '/').replace(/\/+(chat\/completions)?\/*$/, '')
  const hasDotSegment = path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))
  if (!PATH.test(path) || hasDotSegment || basePath.includes('://')) {
    throw new ConfigurationError('The option basePath is not a path.', {
      source: 'the option basePath',
      code: 'invalid-option',
      hint: "Write a path such as '/v3' or '/api', or '' for none. The address of the server is the option `endpoint`.",
    })
  }
  return [...new Set([path, ...(apiPath === '' ? [] : [apiPath])])]
}

/** Returns the endpoint without the base path, which people also write at its end. */
export function withoutBasePath(endpoint: string, basePath: string): string {
  const isAtEnd = basePath !== '' && new URL(endpoint).pathname.endsWith(basePath)
  return isAtEnd ? endpoint.slice(0, -basePath.length) : endpoint
}

/** Returns a route of {@link ROUTES} below another base path. The routes of LM Studio's own API stay where they are. */
export function routeBelow(basePath: string, route: string): string {
  return isOpenAIRoute(route) ? basePath + route.slice(USUAL_BASE_PATH.length) : route
}

/** Whether a route is OpenAI-compatible, so that servers have it at different paths. */
export const isOpenAIRoute = (route: string): boolean => route.startsWith(`${USUAL_BASE_PATH}/`)

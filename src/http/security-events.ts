import type { Config } from '../config/options.js'
import { addressSpace } from '../utils/address.js'
import type { RequestSpec } from './request-spec.js'

/** Longest request that is usual, in bytes: 8 MiB, which is a long conversation with several images. */
const LARGE_REQUEST_BYTES = 8 * 1024 * 1024
// UTF-8 needs at most three bytes for each unit of a string.
const MAX_BYTES_PER_UNIT = 3

/** Whether a request body can be unusually large, so that its bytes have to be counted. */
export const mayBeLarge = (body: string): boolean => body.length > LARGE_REQUEST_BYTES / MAX_BYTES_PER_UNIT

/** Logs what a person should know about the endpoint of a new client. */
export function warnAboutEndpoint({ endpoint, apiToken = '', log, unusualAspects }: Config): void {
  const { protocol, hostname } = new URL(endpoint)
  if (unusualAspects.length > 0) {
    log?.({
      level: 'warn',
      type: 'security',
      message: `The endpoint ${endpoint} is unusual: it ${unusualAspects.join(', and it ')}.`,
      code: 'unusual-endpoint',
    })
  }
  if (apiToken === '' || protocol === 'https:' || addressSpace(hostname) === 'loopback') return
  log?.({
    level: 'warn',
    type: 'security',
    message: `The API token is sent unencrypted to ${hostname}, where others on the network can read it.`,
  })
}

/** Logs a request that is unusually large: a file or a whole history may be in it by mistake. */
export function warnAboutSize(log: NonNullable<Config['log']>, { method, route, body = '' }: RequestSpec): void {
  const bytes = new TextEncoder().encode(body).length
  if (bytes <= LARGE_REQUEST_BYTES) return
  log({
    level: 'warn',
    type: 'security',
    message: `The request is unusually large: ${bytes} bytes (${method} ${route}).`,
    code: 'large-request',
    method,
    route,
  })
}

/**
 * Every default of a provider's options, with its reason.
 *
 * @internal
 */
export const DEFAULTS = {
  // The server binds IPv4 only; `localhost` may try IPv6 first (wire reference 11).
  endpoint: 'http://127.0.0.1:1234',
  // A control call does no inference: half a minute is a server in trouble.
  timeout: 30_000,
  // A large model loading on demand takes minutes, during which nothing is on the wire.
  generationTimeout: 600_000,
  // Generous beside real gaps between tokens, short beside a stall that never ends (13 minutes were reported).
  idleTimeout: 120_000,
  maxRetries: 3,
  cacheTtl: 300_000,
  allowRemote: false,
  // LM Studio's own default of concurrent predictions per model.
  maxConcurrency: 4,
} as const

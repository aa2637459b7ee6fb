/**
 * Defaults of the options of a provider.
 *
 * @internal
 */
export const DEFAULTS = {
  // LM Studio listens on IPv4 only, and `localhost` may resolve to IPv6 first (docs/http-api.md 11).
  endpoint: 'http://127.0.0.1:1234',
  // A control call runs no inference: a server that takes half a minute is in trouble.
  timeout: 30_000,
  // Loading a large model on demand takes minutes, during which the server sends nothing.
  generationTimeout: 600_000,
  // Far longer than real gaps between tokens, far shorter than the stalls that users reported (13 minutes).
  idleTimeout: 120_000,
  maxRetries: 3,
  cacheTtl: 300_000,
  allowRemote: false,
  includeUsage: true,
  // Many servers respond with the model that is loaded, and many applications want just that.
  onModelSubstituted: 'warn',
  // LM Studio's own default for concurrent predictions per model.
  maxConcurrency: 4,
} as const

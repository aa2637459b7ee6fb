export type { ErrorCode } from './error-codes.js'
export { ProviderError } from './provider-error.js'
export {
  BrowserAccessError,
  NetworkError,
  ServiceNotFoundError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedEndpointError,
} from './errors.js'
export {
  ApiError,
  AuthenticationError,
  ContextLengthError,
  InvalidResponseError,
  ModelLoadError,
  ModelNotFoundError,
  PermissionError,
  RateLimitError,
} from './errors.js'
export {
  ConfigurationError,
  InvalidRequestError,
  OutputValidationError,
  ToolExecutionError,
  type Issue,
} from './errors.js'

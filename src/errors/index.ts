export type { BrowserAccessReason, ErrorCode } from './error-codes.js'
export { ProviderError } from './provider-error.js'
export {
  ApiError,
  AuthenticationError,
  BrowserAccessError,
  ConfigurationError,
  ContextLengthError,
  InvalidRequestError,
  InvalidResponseError,
  ModelLoadError,
  ModelNotFoundError,
  NetworkError,
  OutputValidationError,
  PermissionError,
  RateLimitError,
  ServiceNotFoundError,
  StreamInterruptedError,
  TimeoutError,
  ToolExecutionError,
  UnsupportedEndpointError,
  type ConnectionAttempt,
  type Issue,
} from './errors.js'

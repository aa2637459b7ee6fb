export { ProviderError } from './provider-error.js'
export {
  BrowserAccessError,
  NetworkError,
  ServiceNotFoundError,
  StreamInterruptedError,
  TimeoutError,
  UnsupportedEndpointError,
} from './network-errors.js'
export {
  ApiError,
  AuthenticationError,
  ContextLengthError,
  InvalidResponseError,
  ModelLoadError,
  ModelNotFoundError,
  PermissionError,
  RateLimitError,
} from './api-errors.js'
export {
  ConfigurationError,
  InvalidRequestError,
  OutputValidationError,
  ToolExecutionError,
  type Issue,
} from './request-errors.js'

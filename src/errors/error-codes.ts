/** Why a browser blocks a request: the `reason` of a `BrowserAccessError`, which is its code too. */
export type BrowserAccessReason =
  | 'cors-disabled'
  | 'permission-required'
  | 'permission-denied'
  | 'mixed-content'
  | 'insecure-context'
  | 'blocked-by-csp'

/** The `code` of every error of this package: finer than the class, and stable across releases. */
export type ErrorCode =
  // NetworkError
  | 'network'
  | 'connection-reset'
  | 'dns'
  | 'tls'
  | 'offline'
  | 'blocked-port'
  | 'redirect'
  | 'server-error'
  | 'loading'
  // ServiceNotFoundError
  | 'not-running'
  | 'unreachable'
  | 'wrong-service'
  | 'tunnel-offline'
  // UnsupportedEndpointError
  | 'wrong-path'
  | 'old-version'
  // TimeoutError
  | 'timeout'
  | 'queue-timeout'
  | 'function-timeout'
  | 'platform'
  | 'download-stalled'
  // StreamInterruptedError
  | 'stream-interrupted'
  | BrowserAccessReason
  // ApiError
  | 'api'
  | 'generation-failed'
  | 'request-timeout'
  | 'download-failed'
  | 'job-not-found'
  | 'integration-unreachable'
  | 'partly-unloaded'
  // AuthenticationError, PermissionError, RateLimitError
  | 'auth-required'
  | 'auth-rejected'
  | 'sign-in-page'
  | 'permission'
  | 'origin-not-allowed'
  | 'rate-limit'
  | 'quota-exceeded'
  // ModelNotFoundError, ModelLoadError, ContextLengthError
  | 'model-not-found'
  | 'model-required'
  | 'no-models-loaded'
  | 'model-substituted'
  | 'model-load'
  | 'model-unloaded'
  | 'engine-crashed'
  | 'context-length'
  | 'max-tokens'
  | 'input-too-long'
  // InvalidResponseError
  | 'invalid-response'
  | 'not-json'
  | 'gateway-page'
  | 'not-a-response'
  | 'empty-response'
  | 'tool-call-lost'
  | 'too-many-tool-calls'
  | 'wrong-count'
  | 'invalid-vectors'
  | 'mixed-dimensions'
  | 'wrong-answers'
  | 'line-too-long'
  | 'body-too-long'
  // InvalidRequestError
  | 'invalid-request'
  | 'wrong-model-type'
  | 'batch-too-large'
  | 'request-too-large'
  | 'chat-template'
  | 'unsupported-schema'
  | 'no-vision'
  | 'unreadable-image'
  | 'no-tools'
  | 'unsupported-format'
  | 'unsupported-field'
  | 'unknown-response'
  | 'conversation-busy'
  | 'stream-taken'
  | 'invalid-schema'
  // ConfigurationError
  | 'configuration'
  | 'invalid-option'
  | 'invalid-endpoint'
  | 'invalid-token'
  | 'interceptor-failed'
  | 'invalid-headers'
  | 'invalid-setting'
  | 'bad-file'
  | 'ambiguous-file'
  | 'unknown-key'
  | 'token-in-file'
  | 'misplaced-token'
  // OutputValidationError
  | 'output-validation'
  | 'output-truncated'
  | 'output-not-json'
  | 'output-mismatch'
  | 'output-empty'
  | 'output-refused'
  | 'schema-failed'
  // ToolExecutionError
  | 'tool-execution'
  | 'max-rounds'
  // ProviderError: classes that an application derives from it
  | 'unknown'

/** Findings that are not errors but have hints of their own: two results of a diagnosis, and a second possible cause. */
type FindingCode = 'ok' | 'no-models' | 'local-name'

/** Every code that has hints. */
export type HintCode = ErrorCode | FindingCode

const SERVE_ON_NETWORK =
  'Make the server listen on the network and not only on its own machine (in LM Studio: Developer tab, Server Settings, "Serve on Local Network", or `lms server start --bind 0.0.0.0`).'

/**
 * What a person can do about an error, by its code: the one table behind the `hint` of errors and the `steps` of a diagnosis.
 *
 * @remarks
 * A code without a row does not compile. Each hint is a sentence of its own. The server may not be LM Studio: a hint that
 * holds only for LM Studio names LM Studio.
 */
export const HINTS: Readonly<Record<ErrorCode, readonly string[]>> = {
  network: [
    'Check that the server is running, and look at its log (in LM Studio: Developer tab).',
    'Check that no proxy, firewall or browser extension blocks the connection.',
  ],
  'connection-reset': ['Try again. If the server expects TLS, use https:// in the endpoint.'],
  dns: [
    'Check the spelling of the host name, or use the IP address. For a server on this machine, use http://127.0.0.1:1234.',
  ],
  tls: [
    'Use http:// if the server does not serve TLS (in LM Studio: always). Use https:// only with a certificate that is trusted here.',
    'To make Node trust your own certificate, set the environment variable NODE_EXTRA_CA_CERTS.',
  ],
  offline: ['Connect this device to the network that the server is on.'],
  'blocked-port': ['Make the server listen on another port, such as 1234: browsers and Node block this one.'],
  redirect: ['Use the address that the server redirects to as the endpoint, if you trust it.'],
  'server-error': [
    'Try again later, or look at the server log for the cause (in LM Studio: Developer tab).',
    'If a gateway sent a 502, 503 or 504, check that the server behind the gateway is running, or raise its time limit.',
  ],
  loading: [
    'Wait until the model is loaded. With retries on, a call waits for it by itself, for at most its time limit: raise `generationTimeout` for a larger model.',
  ],
  'not-running': [
    'Start the server (in LM Studio: Developer tab, or run `lms server start`, with `--cors` for web pages).',
    'Check that the port in the endpoint is the port of the server (1234 by default).',
  ],
  unreachable: ['Check the address, and check that the machine is on and in the same network.', SERVE_ON_NETWORK],
  'wrong-service': [
    'Check the port: another program answers there.',
    'If the server is behind a proxy, include its path prefix in the endpoint.',
  ],
  'tunnel-offline': [
    'Start the tunnel, and the server behind it, then check that the endpoint is the current address of the tunnel.',
  ],
  'wrong-path': [
    'Use the bare address of the server as the endpoint, for example http://127.0.0.1:1234, and check that the server offers this route.',
    'If the routes of the server are not below /v1, set the option `basePath`.',
  ],
  'old-version': ['Update LM Studio to 0.4 or later.'],
  timeout: ['Look at the server log for the cause, or raise the time limit if the server is only slow.'],
  'queue-timeout': [
    'Raise `maxConcurrency`, or close streams that are no longer read: a call inside the loop over a stream waits for that stream.',
  ],
  'function-timeout': ['Make the function that the message names finish, or raise the time limit.'],
  platform: [
    'In Node, import createLMStudio from `lmstudio-provider/node`, which lifts this limit, or pass another `fetch`.',
  ],
  'download-stalled': [
    'Check the download on the server (in LM Studio: Downloads). To keep waiting, call `downloadModel` with the `jobId` that `onProgress` received.',
  ],
  'stream-interrupted': [
    'Check in the server log whether the model crashed or was unloaded, then send the request again. What arrived of a stream is in `partial`.',
  ],
  'cors-disabled': [
    'In LM Studio (Developer tab, Server Settings), turn on "Enable CORS", or run `lms server stop && lms server start --cors`.',
    'For another server, allow the origin of this page in its CORS settings.',
  ],
  'permission-required': ['Allow the page to reach apps on this device when the browser asks, then try again.'],
  'permission-denied': [
    'Open the site settings (the icon left of the address), set "Apps on device" or "Local network access" to Allow, and reload the page.',
  ],
  'mixed-content': [
    'Open this page from http://localhost, or put a proxy with TLS in front of the server.',
    'To reach another machine in the local network from an https page, use Chrome or Edge 142 or later.',
  ],
  'insecure-context': ['Serve the page over https, or open it from http://localhost.'],
  'blocked-by-csp': [
    'Add the address of the server to `connect-src`, or to `default-src`, in the Content-Security-Policy of this page.',
  ],
  api: ['Read `serverMessage` for the reason, and look at the server log (in LM Studio: Developer tab).'],
  'generation-failed': [
    'Send the request again. If it fails once more, look at the server log (in LM Studio: Developer tab).',
  ],
  'request-timeout': ['Try again. If a gateway gave up on the request, raise its time limit.'],
  'download-failed': [
    "Check the model name, the server's network connection and its free disk space, then call `downloadModel` again.",
  ],
  'job-not-found': [
    'Call `downloadModel` without `jobId`: the download starts again, or the model is reported as downloaded.',
  ],
  'integration-unreachable': [
    'Check that the MCP server or plugin of the integration is running and that the model server can reach it, then try again.',
  ],
  'partly-unloaded': ['Call `unloadModel` again for the instances that are still loaded.'],
  'auth-required': [
    'Pass the API key of the server as `apiToken`.',
    'In LM Studio (Developer tab, Server Settings), create an API token, or turn off "Require Authentication".',
    'Behind a gateway, pass the header that it requires in `headers`.',
  ],
  'auth-rejected': [
    'Copy the API token of the server again (in LM Studio: Developer tab, Server Settings) and pass it as `apiToken`.',
  ],
  'sign-in-page': [
    'Pass what the gateway requires in `headers`, such as a service token, or use an address of the server that needs no sign-in.',
  ],
  permission: [
    'Grant the API token this permission, or allow the action in the settings of the server (in LM Studio: Developer tab, Server Settings).',
    'Behind a gateway, pass the header that it requires in `headers`.',
  ],
  'origin-not-allowed': [
    'Allow the origin of the page or extension, and the host name of the endpoint, in the settings of the server (Ollama: the environment variable OLLAMA_ORIGINS).',
  ],
  'rate-limit': ['Wait for `retryAfterMs` if it is set and try again, or lower `maxConcurrency`.'],
  'quota-exceeded': ['Raise the quota or add credit at the provider of the model, or use another API key or model.'],
  'model-required': [
    'Name a model in the request or as the option `model`, or load the one to use. `listModels()` returns what the server has.',
  ],
  'model-not-found': [
    'Use a model from `availableModels`, or install the model on the server (in LM Studio: `lms get`).',
  ],
  'no-models-loaded': [
    'Load a model on the server first.',
    'In LM Studio, run `lms load`, or turn on just-in-time loading in Server Settings.',
  ],
  'model-substituted': [
    'Load the requested model first, or check its name with `listModels()`. To accept any model, set `onModelSubstituted` to "warn".',
  ],
  'model-load': [
    'Unload other models, choose a smaller model or context length, or look at the server log for the reason.',
  ],
  'model-unloaded': [
    'Send the request again, which loads the model if the server does so on demand, or call `loadModel` first.',
  ],
  'engine-crashed': [
    'Load the model again. If that does not help, lower its context length or GPU offload, or update the engine of the server.',
  ],
  'context-length': [
    'Shorten the conversation, or load the model with a longer context (in LM Studio: `lms load <model> --context-length <tokens>`).',
  ],
  'max-tokens': [
    'Lower `maxTokens`: the prompt itself fits. Without `maxTokens`, most servers use what is left of the context.',
  ],
  'input-too-long': [
    'Split the text into shorter ones, or start the server with a longer context and a larger physical batch (llama.cpp: `--ubatch-size`).',
  ],
  'invalid-response': [
    'Check that the endpoint is an OpenAI-compatible server such as LM Studio, and look at its log.',
  ],
  'not-json': ['Check that the endpoint is the model server and not a proxy or another program.'],
  'gateway-page': [
    'Use the address of the server itself, or pass the header that skips the page in `headers` (ngrok: `ngrok-skip-browser-warning`).',
  ],
  'not-a-response': ['Fix the function passed as the option `fetch`: it must return a Response.'],
  'empty-response': [
    'Shorten the conversation, or load the model with a longer context: some engines report an overflow this way.',
  ],
  'tool-call-lost': [
    'Send the request again. If it happens often, choose a model that is trained to call tools, or update the server.',
  ],
  'too-many-tool-calls': ['Limit the response with `maxTokens`: a model that repeats itself does not end.'],
  'wrong-count': ['Send fewer texts per request with `batchSize`, or look at the server log.'],
  'invalid-vectors': [
    'Check that the model is an embedding model and that no text is empty or too long, then load the model again: engines return such vectors when they fail.',
  ],
  'mixed-dimensions': ['Embed all texts with one model, and keep only that embedding model loaded on the server.'],
  'wrong-answers': ['Try again, or ask fewer questions per request.'],
  'line-too-long': ['Check that the endpoint is a model server, or limit the response with `maxTokens`.'],
  'body-too-long': ['Check that the endpoint is a model server, or request less with `maxTokens` or `batchSize`.'],
  'invalid-request': ['Correct what the message names. If fields are known, `issues` lists them with their paths.'],
  'wrong-model-type': [
    'Choose a model of the right type: `listModels()` returns the `type` and `capabilities` of each model.',
    'Some servers must be started for the type (llama.cpp: `--embeddings`).',
  ],
  'batch-too-large': ['Lower `batchSize`, so that each request holds fewer texts.'],
  'request-too-large': [
    'Send fewer or smaller images and texts, or raise the limit for request bodies in the proxy or server (nginx: `client_max_body_size`).',
  ],
  'chat-template': [
    'Let user and assistant messages alternate, with one user message at least and one system message at most, at the start.',
    'If the messages are in order, choose another model or correct its chat template on the server.',
  ],
  'unsupported-schema': [
    'Simplify the JSON Schema of the tools or of the output: fewer tools, no `pattern`, no large limits, no deep nesting.',
  ],
  'no-vision': [
    'Send text only, or choose a model that accepts images: `capabilities.vision` in `listModels()`. Some servers must be started with a projector (llama.cpp: `--mmproj`).',
  ],
  'unreadable-image': ['Send a PNG or JPEG image that opens elsewhere, as bytes or as a complete data URL.'],
  'no-tools': [
    'Choose a model that supports tools, leave `tools` out, or start the server with tool calling on (vLLM: `--enable-auto-tool-choice`, llama.cpp: `--jinja`).',
  ],
  'unsupported-format': [
    'Request a JSON Schema, as `generateObject` does, or leave the response format out and ask for JSON in the prompt.',
  ],
  'unsupported-field': [
    'Leave out the field that the server names, for example from `extraBody`: the server or the model does not support it.',
  ],
  'unknown-response': [
    'Start a new conversation, or branch from an earlier turn: the server no longer stores this response.',
  ],
  'conversation-busy': ['Wait until the current turn ends, or continue in a branch: `conversation.branch()`.'],
  'stream-taken': ['Iterate over the stream once. For the complete response, await `stream.response` as well.'],
  'invalid-schema': ['Pass a schema from valibot, zod or arktype, or plain JSON Schema.'],
  configuration: ['Correct the configuration value, or remove it to use the default.'],
  'invalid-option': ['Correct the option, or leave it out to use the default.'],
  'invalid-endpoint': ['Use an endpoint such as http://127.0.0.1:1234.'],
  'interceptor-failed': ['Fix the interceptor; its error is the `cause`.'],
  'invalid-token': ['Copy the token again, without `Bearer` or any other text around it.'],
  'invalid-headers': ['Pass a Headers instance, an object or an array of pairs, with names and values in plain ASCII.'],
  'invalid-setting': ['Correct the value of the variable or key, or remove it to use the default.'],
  'bad-file': ['Correct the file, or remove it if it is not meant for lmstudio-provider.'],
  'ambiguous-file': ['Keep only one of the two files.'],
  'unknown-key': ['Rename the key to one that exists, or remove it.'],
  'token-in-file': [
    'Set LMSTUDIO_API_TOKEN in the environment and delete the line. If the file was shared, create a new token.',
  ],
  'misplaced-token': ['Set the token as LMSTUDIO_API_TOKEN in the environment, and nowhere else.'],
  'output-validation': ['Compare `text` with the fields listed in `issues`.'],
  'output-truncated': [
    'Raise `maxTokens`, or turn reasoning off with `reasoningEffort`. What the model wrote is in `text`.',
  ],
  'output-not-json': ['Read `text`, then choose a model that supports structured output, or set `repair`.'],
  'output-mismatch': ['Compare `text` with `issues`, then set `repair` or simplify the schema.'],
  'output-empty': [
    'Turn reasoning off with `reasoningEffort`, or choose another model: some return nothing when a schema is set.',
  ],
  'output-refused': ['Rephrase the request, or choose another model.'],
  'schema-failed': ['Fix the schema: what it threw is the `cause`. What the model wrote is in `text`.'],
  'tool-execution': ['Read `cause` for the error that the tool threw.'],
  'max-rounds': ['Read `steps` for calls that repeat, then raise `maxRounds`, or continue with `messages`.'],
  unknown: ['Look at the server log (in LM Studio: Developer tab), and check that nothing cuts the connection.'],
}

const FINDING_HINTS: Readonly<Record<FindingCode, readonly string[]>> = {
  ok: [],
  'no-models': ['Download a model on the server (in LM Studio: run `lms get`).'],
  'local-name': [
    'Check the name, and check that the machine is on. For this machine, use http://127.0.0.1 or http://localhost.',
    'If the machine is on, use its IP address.',
    SERVE_ON_NETWORK,
  ],
}

/** Returns the hints for a code, in order. */
export function hintsFor(code: HintCode): readonly string[] {
  if (Object.hasOwn(FINDING_HINTS, code)) return FINDING_HINTS[code as FindingCode]
  // Types close the union; JavaScript can still pass any code to an error's constructor.
  return Object.hasOwn(HINTS, code) ? HINTS[code as ErrorCode] : HINTS.unknown
}

/** Returns the hints of an error, in order. Its hint can replace or extend the usual hint of its code. */
export function splitHint({ code, hint }: { readonly code: ErrorCode; readonly hint: string }): readonly string[] {
  const usualHint = hintFor(code)
  const hints = hint.startsWith(usualHint) ? [...hintsFor(code), hint.slice(usualHint.length).trim()] : [hint]
  return hints.filter(Boolean)
}

/**
 * Returns the hints for a code as one text.
 *
 * @param code - the code of the error
 * @param alternative - the code of another possible cause, whose hints follow
 */
export function hintFor(code: HintCode, alternative?: HintCode): string {
  return [...hintsFor(code), ...(alternative === undefined ? [] : hintsFor(alternative))].join(' ')
}

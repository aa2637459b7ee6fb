const NOT_LM_STUDIO = ['Check that the endpoint is LM Studio and not another program or a proxy, and update LM Studio.']
const SERVE_ON_NETWORK = 'In LM Studio (Developer tab, Server Settings) turn on "Serve on Local Network".'
const SERVER_LOG = 'Look at the server log in LM Studio (Developer tab)'

/**
 * What a person does next, by error code: the one table behind the `hint` of every error and the `steps` of a diagnosis.
 * Errors with a code that is not here say their own.
 */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  ok: [],
  'not-running': [
    'Start the server in LM Studio (Developer tab), or run: lms server start (with --cors for web pages)',
    'Check that its port is the one of the endpoint (1234 unless changed).',
  ],
  unreachable: ['Check the address, and that the machine is on and in the same network.', SERVE_ON_NETWORK],
  'local-name': [
    'Check the name, and that the machine is on; for this machine write http://127.0.0.1 or http://localhost instead.',
    'If it is on, use its IP address.',
    SERVE_ON_NETWORK,
  ],
  'wrong-service': [
    'Another program answers here: check the port in LM Studio (Developer tab).',
    'Behind a proxy, let the endpoint include its path prefix.',
  ],
  'wrong-path': [
    'Use the bare address of the server as endpoint, for example http://127.0.0.1:1234, and update LM Studio.',
  ],
  'old-version': ['Update LM Studio to 0.4 or later.'],
  'auth-required': [
    'Create an API token in LM Studio (Developer tab, Server Settings) and pass it as `apiToken`.',
    'Or turn off "Require Authentication" there.',
  ],
  'auth-rejected': [
    'Copy the API token from LM Studio (Developer tab, Server Settings) again and pass it as `apiToken`.',
  ],
  permission: [
    'Give the API token this permission in LM Studio, or allow it in Server Settings.',
    'Behind a gateway, pass the header it wants in `headers`.',
  ],
  'server-error': [
    SERVER_LOG,
    'A gateway sends 502 to 504: check that LM Studio runs behind it, and how long the gateway waits.',
  ],
  'no-models': ['Download a model in LM Studio, or run: lms get'],
  'no-models-loaded': [
    'Load a model in LM Studio, or run: lms load',
    'Or turn on just-in-time loading in Server Settings.',
  ],
  'model-not-found': ['Pick one of `availableModels`, or download the model in LM Studio (lms get).'],
  'job-not-found': ['Call `downloadModel` without `jobId`: it starts again, or says that the model is already there.'],
  'download-failed': [
    'Check the name, the network of the server and the room on its disk, then call `downloadModel` again.',
  ],
  'download-stalled': ['Look at the download in LM Studio; wait on with the `jobId` that `onProgress` was given.'],
  'model-load': ['Unload other models, choose a smaller model or context, or load it in LM Studio to see the reason.'],
  'engine-crashed': [
    'Load the model again; if that does not help, lower its context length or GPU offload, or update the runtime.',
  ],
  'context-length': [
    'Shorten the conversation, or load the model with a longer context: lms load <model> --context-length <tokens>',
  ],
  'empty-response': [
    'Some engines report an overflow like this: shorten the conversation, or load the model with a longer context.',
  ],
  'cors-disabled': [
    'In LM Studio (Developer tab, Server Settings) turn on "Enable CORS".',
    'Or run: lms server stop && lms server start --cors',
  ],
  'permission-required': ['Allow the page to reach apps on this device when the browser asks, then try again.'],
  'permission-denied': [
    'Open the site settings (the icon left of the address) and set "Apps on device" or "Local network access" to Allow.',
    'Reload the page.',
  ],
  'mixed-content': [
    'Open this page from http://localhost, or put TLS in front of LM Studio.',
    'Chrome and Edge 142 or later reach other machines of the local network from an https page.',
  ],
  'insecure-context': ['Serve the page over https, or from http://localhost.'],
  'connection-reset': ['Try again; if the server there wants TLS, write https:// in the endpoint.'],
  timeout: ['Look in LM Studio at what the server is doing; if it is only slow, raise the time limit.'],
  'queue-timeout': [
    'Raise `maxConcurrency`, or end streams that nobody reads: a call made in the loop over a stream waits for that stream.',
  ],
  platform: [
    'In Node import createLMStudio from `lmstudio-provider/node`, which lifts this limit, or pass another `fetch`.',
  ],
  dns: ['Check the spelling of the host name, or use the address; for this machine http://127.0.0.1:1234'],
  'blocked-port': ['Browsers and Node block this port: let the server listen on another one, such as 1234.'],
  tls: [
    'LM Studio speaks plain http: use https:// only for a proxy with a trusted certificate.',
    'Node trusts one of your own with the variable NODE_EXTRA_CA_CERTS.',
  ],
  offline: ['Connect this device to the network that LM Studio is on.'],
  redirect: ['Use the address it points to as the endpoint, if you trust it.'],
  'rate-limit': ['Wait (as long as `retryAfterMs` says, if it does), or lower `maxConcurrency`.'],
  'wrong-model-type': ['Choose a model of the right type: `listModels()` tells `type` and `capabilities` of each.'],
  'stream-interrupted': [
    'What had arrived is in `partial`. See in LM Studio whether the model crashed or was unloaded, then ask again.',
  ],
  'invalid-response': NOT_LM_STUDIO,
  'not-json': NOT_LM_STUDIO,
  'wrong-count': NOT_LM_STUDIO,
  'mixed-dimensions': ['Embed everything with one model, and keep only that embedding model loaded in LM Studio.'],
  'line-too-long': NOT_LM_STUDIO,
  'body-too-long': NOT_LM_STUDIO,
  'unknown-response': [
    'The server forgets conversations: begin a new one, or branch from an earlier turn that it still has.',
  ],
  'integration-unreachable': [
    'Check that the MCP server of this integration runs and can be reached from LM Studio, then try again.',
  ],
  'invalid-request': ['Mend the fields named in `issues`.'],
}

// For whatever has no steps of its own.
const GENERAL = [`${SERVER_LOG}, and check that nothing cuts the connection to it.`]

/** The steps for a code, in order. */
export function hintsFor(code: string): readonly string[] {
  return Object.hasOwn(STEPS, code) ? STEPS[code]! : GENERAL
}

/** The steps as one text: those for the code, then those for another that may be the cause as well. */
export function hintFor(code: string, otherwise?: string): string {
  return [...hintsFor(code), ...(otherwise === undefined ? [] : hintsFor(otherwise))]
    .map((step) => (/[.!?]$/.test(step) ? step : `${step}.`))
    .join(' ')
}

import { ProviderError } from '../errors/provider-error.js'
import type { Diagnosis, DiagnosisCode } from '../types/diagnosis.js'

const CORS_SWITCH = 'In LM Studio open the Developer tab, Server Settings, and turn on "Enable CORS".'
const CORS_COMMAND = 'Or restart the server from a terminal: lms server stop && lms server start --cors'

/** What a person does next, by cause. */
const STEPS: Readonly<Record<DiagnosisCode, readonly string[]>> = {
  ok: [],
  'not-running': [
    'Open LM Studio, go to the Developer tab and start the server, or run: lms server start',
    'Check that the port shown there is the one of the endpoint (1234 unless changed).',
  ],
  'wrong-service': [
    'Another program answers at this address: check the port in LM Studio (Developer tab).',
    'If a proxy stands before LM Studio, let the endpoint include its path prefix.',
  ],
  'wrong-path': ['Use the bare address of the server as endpoint, for example http://127.0.0.1:1234'],
  'old-version': ['Update LM Studio to 0.4 or later for model details, loading and stateful chat.'],
  'auth-required': [
    'Create an API token in LM Studio (Developer tab, Server Settings) and pass it as `apiToken`.',
    'Or turn off "Require Authentication" there.',
  ],
  'auth-rejected': [
    'Copy the API token again from LM Studio (Developer tab, Server Settings) and pass it as `apiToken`.',
  ],
  'no-models': [
    'Download a model in LM Studio, or run: lms get',
    'With just-in-time loading off, load one first: lms load',
  ],
  'cors-disabled': [CORS_SWITCH, CORS_COMMAND],
  'permission-required': ['Allow the page to reach apps on this device when the browser asks, then try again.'],
  'permission-denied': [
    'Click the icon left of the address, open the site settings, and set "Apps on device" (or "Local network access") to Allow.',
    'Reload the page.',
  ],
  'mixed-content': [
    'Open this page over http from this machine (http://localhost), or put TLS in front of LM Studio.',
    'Chrome and Edge 142 or later can reach an IP address or a .local name on the local network from an https page.',
  ],
  'insecure-context': ['Serve the page over https, or from http://localhost.'],
  timeout: [
    'Look in LM Studio at what the server is doing, restart it if it hangs, and raise `timeout` if it is only slow.',
  ],
  dns: [
    'Check the spelling of the host name, or use the address of the machine; for this machine http://127.0.0.1:1234',
  ],
  tls: [
    'LM Studio speaks plain http: use http:// in the endpoint unless a proxy with a trusted certificate stands before it.',
  ],
  offline: ['Connect this device to the network that LM Studio is on.'],
  'server-error': ['Look at the server log in LM Studio (Developer tab), and restart the server.'],
  unknown: ['Check that LM Studio is running and that nothing between it and this program cuts the connection.'],
}

export function createDiagnosis(code: DiagnosisCode, summary: string, evidence: readonly string[] = []): Diagnosis {
  return { code, summary, steps: STEPS[code], evidence }
}

// Codes of errors, where they are not those of the diagnosis.
const CODES: Readonly<Record<string, DiagnosisCode>> = {
  'connection-refused': 'not-running',
  unreachable: 'not-running',
  'not-running': 'not-running',
  'not-http': 'wrong-service',
  'not-json': 'wrong-service',
  'invalid-response': 'wrong-service',
  redirect: 'wrong-service',
  'unsupported-endpoint': 'wrong-service',
  'platform-timeout': 'timeout',
  permission: 'auth-rejected',
}

/** What an error says about the connection. */
export function toDiagnosis(error: unknown): Diagnosis {
  if (!ProviderError.isInstance(error)) return createDiagnosis('unknown', String(error))
  const code = CODES[error.code] ?? (Object.hasOwn(STEPS, error.code) ? (error.code as DiagnosisCode) : 'unknown')
  return createDiagnosis(code, error.message, [`${error.name}: ${error.message}`])
}

/** The first step, as the hint of an error. */
export const hintFor = (code: DiagnosisCode): string => STEPS[code].join(' ')

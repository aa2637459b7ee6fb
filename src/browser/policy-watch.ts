import { tryWithin } from '../utils/abort.js'

/** What a Content-Security-Policy reports about a request that it blocked. */
export interface PolicyViolation {
  /** Whether the policy has `connect-src`; without it `default-src` decides. */
  readonly hasConnectSrc: boolean
  /** Whether `upgrade-insecure-requests` had changed http to https. */
  readonly isUpgraded: boolean
}

/** Listens for what the Content-Security-Policy of this page or worker blocks. */
export interface PolicyWatch {
  /** Resolves to the violation of a request that has failed; `undefined` if none is reported in a moment. */
  violation(signal: AbortSignal | undefined): Promise<PolicyViolation | undefined>
  /** Removes the listener. */
  stop(): void
}

type ViolationEvent = Event & Partial<SecurityPolicyViolationEvent>

const EVENT = 'securitypolicyviolation'
// The event follows the rejection within 4 ms in Chromium and Firefox, and precedes it in WebKit. A busy machine is slower.
const WAIT_MS = 100

/** Starts to listen for blocked requests to the host of the endpoint. */
export function watchPolicy(endpoint: string): PolicyWatch {
  const { document } = globalThis as { readonly document?: Partial<EventTarget> }
  // Workers have no document, and get the event themselves. WebKit sends them none.
  const target = (document ?? globalThis) as Partial<EventTarget>
  let found: PolicyViolation | undefined
  let onFound: ((violation: PolicyViolation) => void) | undefined
  const listener = (event: ViolationEvent): void => {
    if (!isBlocked(event, endpoint)) return
    found ??= {
      hasConnectSrc: /(^|[;,])\s*connect-src\s/i.test(event.originalPolicy ?? 'connect-src '),
      isUpgraded: endpoint.startsWith('http:') && event.blockedURI?.startsWith('https:') === true,
    }
    onFound?.(found)
  }
  target.addEventListener?.(EVENT, listener)
  return {
    violation: async (signal) =>
      found ?? tryWithin(WAIT_MS, signal, () => new Promise((resolve) => (onFound = resolve))),
    stop: () => target.removeEventListener?.(EVENT, listener),
  }
}

/** Whether a policy that is enforced, and not only reports, blocked a request to the host of the endpoint. */
function isBlocked(
  { disposition, effectiveDirective, violatedDirective, blockedURI }: ViolationEvent,
  endpoint: string,
) {
  const directive = effectiveDirective || violatedDirective || ''
  if (disposition === 'report' || !/^(connect|default)-src\b/.test(directive)) return false
  try {
    return new URL(blockedURI ?? '').host === new URL(endpoint).host
  } catch {
    // Not an address: `inline` or `eval`.
    return false
  }
}

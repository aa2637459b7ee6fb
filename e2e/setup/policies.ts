/** The outcomes of `accessCodes` in `e2e/pages/access-codes.js`. */
export interface AccessCodes {
  readonly listModels: string
  readonly healthCheck: string
  readonly diagnose: string
  readonly hint: string
}

type Name = 'Chromium' | 'Firefox' | 'WebKit'

/** A page with a Content-Security-Policy, and the code with which its calls to a running LM Studio end. */
export interface PolicyCase {
  readonly name: string
  readonly header?: string
  readonly reportOnly?: string
  readonly meta?: string
  readonly host?: string
  /** Whether the calls are made in a worker with this policy. */
  readonly inWorker?: boolean
  readonly code: string
  /** Browsers with another code. */
  readonly except?: Partial<Record<Name, string>>
  /** A part of the hint of an error, where `ORIGIN` stands for the endpoint. */
  readonly hint?: string
}

/** A name of this machine that the tests let the browser resolve. */
export const BOX = 'gpu-box'

const SELF = "script-src 'self' 'unsafe-inline'; connect-src 'self'"
const DEFAULT = "default-src 'self' 'unsafe-inline'"
const UPGRADE = 'upgrade-insecure-requests'

export const POLICIES: readonly PolicyCase[] = [
  { name: 'connect-src', header: SELF, code: 'blocked-by-csp', hint: 'Add ORIGIN to `connect-src`' },
  { name: 'default-src', header: DEFAULT, code: 'blocked-by-csp', hint: 'or add ORIGIN to its `default-src`' },
  { name: 'connect-src in a meta tag', meta: SELF, code: 'blocked-by-csp', hint: 'Add ORIGIN to `connect-src`' },
  { name: 'connect-src that only reports', reportOnly: SELF, code: 'ok' },
  { name: 'connect-src that allows the server', header: `${SELF} http://127.0.0.1:*`, code: 'ok' },
  { name: 'sandbox', header: 'sandbox allow-scripts', code: 'ok' },
  // WebKit sends workers no event.
  {
    name: 'connect-src of a worker',
    header: SELF,
    inWorker: true,
    code: 'blocked-by-csp',
    except: { WebKit: 'not-running' },
  },
  {
    name: 'default-src of a worker',
    header: DEFAULT,
    inWorker: true,
    code: 'blocked-by-csp',
    except: { WebKit: 'not-running' },
  },
  { name: 'connect-src of a worker that only reports', reportOnly: SELF, inWorker: true, code: 'ok' },
  { name: `${UPGRADE}, this machine`, header: UPGRADE, code: 'ok' },
  {
    name: `${UPGRADE}, a name`,
    header: UPGRADE,
    host: BOX,
    code: 'blocked-by-csp',
    hint: 'Remove `upgrade-insecure-requests`',
    except: { Firefox: 'not-running' },
  },
  {
    name: `${UPGRADE} in a meta tag, a name`,
    meta: UPGRADE,
    host: BOX,
    code: 'blocked-by-csp',
    hint: 'Remove `upgrade-insecure-requests`',
  },
]

/** Whether a browser can load the page of a case: WebKit changes the addresses of the page's own scripts to https, too. */
export const canLoad = (name: Name, { header, meta }: PolicyCase): boolean =>
  name !== 'WebKit' || (header !== UPGRADE && meta !== UPGRADE)

/** Returns the path of the page, or of its worker, with its policy. */
function policyPath(page: string, { header, reportOnly, meta }: PolicyCase): string {
  const query = new URLSearchParams()
  if (header !== undefined) query.set('content-security-policy', header)
  if (reportOnly !== undefined) query.set('content-security-policy-report-only', reportOnly)
  if (meta !== undefined) query.set('meta', meta)
  return `/pages/${page}?${query}`
}

/** The body of an async function for the page: makes the calls there. */
const CALL_IN_PAGE = `
  const [endpoint] = args
  while (!('library' in window)) await new Promise((resolve) => setTimeout(resolve, 10))
  const { accessCodes } = await import('/pages/access-codes.js')
  return accessCodes(window.library, endpoint)
`

/** The body of an async function for a page without a policy: makes the calls in a worker. */
const CALL_IN_WORKER = `
  const [endpoint, path] = args
  const worker = new Worker(path, { type: 'module' })
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error('The worker failed: ' + message))
      worker.postMessage(endpoint)
    })
  } finally {
    worker.terminate()
  }
`

/** Makes the calls of one case; resolves to a description of what differs from the expectation, or to `undefined`. */
export async function checkPolicy(
  {
    name,
    policy,
    site,
    port,
  }: { readonly name: Name; readonly policy: PolicyCase; readonly site: string; readonly port: number },
  open: (url: string) => Promise<void>,
  run: (body: string, ...args: readonly unknown[]) => Promise<unknown>,
): Promise<string | undefined> {
  const { inWorker = false, host = '127.0.0.1', code, except, hint = '' } = policy
  const endpoint = `http://${host}:${port}`
  await open(site + (inWorker ? '/pages/empty.html' : policyPath('empty.html', policy)))
  const codes = (await (inWorker
    ? run(CALL_IN_WORKER, endpoint, policyPath('worker.js', policy))
    : run(CALL_IN_PAGE, endpoint))) as AccessCodes
  const expected = except?.[name] ?? code
  const actual = [codes.listModels, codes.healthCheck, codes.diagnose].join(', ')
  if (actual !== [expected, expected, expected].join(', ')) return `${actual}; expected ${expected}`
  const isExplained = expected !== code || codes.hint.includes(hint.replace('ORIGIN', endpoint))
  return isExplained ? undefined : `the hint is: ${codes.hint}`
}

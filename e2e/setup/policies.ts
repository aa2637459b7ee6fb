import { findRow, readTable } from './access-table.js'

/** The outcomes of `accessCodes` in `e2e/pages/access-codes.js`. */
export interface AccessCodes {
  readonly listModels: string
  readonly healthCheck: string
  readonly diagnose: string
  readonly hint: string
}

type Name = 'Chromium' | 'Firefox' | 'WebKit'

/** A page with a Content-Security-Policy, named as in the table of docs/browser-access.md. */
export interface PolicyCase {
  readonly name: string
  readonly header?: string
  readonly reportOnly?: string
  readonly meta?: string
  readonly host?: string
  /** Whether the calls are made in a worker with this policy. */
  readonly inWorker?: boolean
  /** The expected code of a case that is not in the table. */
  readonly code?: string
  /** A part of the hint of an error, where `ORIGIN` stands for the endpoint. */
  readonly hint?: string
}

/** A name of this machine that the tests let the browser resolve. */
export const BOX = 'gpu-box'

const SELF = "script-src 'self' 'unsafe-inline'; connect-src 'self'"
const DEFAULT = "default-src 'self' 'unsafe-inline'"
const UPGRADE = 'upgrade-insecure-requests'
const ADD = 'Add ORIGIN to `connect-src`'
const ADD_DEFAULT = 'or add ORIGIN to its `default-src`'
const REMOVE = 'Remove `upgrade-insecure-requests`'

const POLICIES: readonly PolicyCase[] = [
  { name: 'connect-src', header: SELF, hint: ADD },
  { name: 'default-src', header: DEFAULT, hint: ADD_DEFAULT },
  { name: 'connect-src in a <meta> tag', meta: SELF, hint: ADD },
  { name: 'connect-src that only reports', reportOnly: SELF },
  { name: 'connect-src that allows the server', header: `${SELF} http://127.0.0.1:*` },
  { name: 'sandbox', header: 'sandbox allow-scripts' },
  { name: 'connect-src of a worker', header: SELF, inWorker: true, hint: ADD },
  { name: 'default-src of a worker', header: DEFAULT, inWorker: true, hint: ADD_DEFAULT },
  { name: 'connect-src of a worker that only reports', reportOnly: SELF, inWorker: true },
  { name: `${UPGRADE} for this machine`, header: UPGRADE },
  { name: `${UPGRADE} for a name`, header: UPGRADE, host: BOX, hint: REMOVE },
  { name: `${UPGRADE} in a <meta> tag for a name`, meta: UPGRADE, host: BOX, hint: REMOVE },
]

const BROWSERS: readonly Name[] = ['Chromium', 'Firefox', 'WebKit']
const TABLE = readTable('Policy')

/** The code for a policy in a browser, according to docs/browser-access.md; `–` where it is not tested. */
export function expectedCode(name: Name, policy: PolicyCase): string {
  const row = TABLE[findRow(TABLE, [policy.name])]
  if (row === undefined) throw new Error(`docs/browser-access.md has no row for ${policy.name}`)
  return row[1 + BROWSERS.indexOf(name)]!
}

/** The policies that the tests try in a browser. WebKit changes the addresses of the page's own scripts to https, too. */
export const policiesFor = (name: Name): readonly PolicyCase[] =>
  POLICIES.filter((policy) => expectedCode(name, policy) !== '–')

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
  const { inWorker = false, host = '127.0.0.1', hint = '' } = policy
  const endpoint = `http://${host}:${port}`
  await open(site + (inWorker ? '/pages/empty.html' : policyPath('empty.html', policy)))
  const codes = (await (inWorker
    ? run(CALL_IN_WORKER, endpoint, policyPath('worker.js', policy))
    : run(CALL_IN_PAGE, endpoint))) as AccessCodes
  const expected = policy.code ?? expectedCode(name, policy)
  const actual = [codes.listModels, codes.healthCheck, codes.diagnose].join(', ')
  if (actual !== [expected, expected, expected].join(', ')) return `${actual}; expected ${expected}`
  const isExplained = expected !== 'blocked-by-csp' || codes.hint.includes(hint.replace('ORIGIN', endpoint))
  return isExplained ? undefined : `the hint is: ${codes.hint}`
}

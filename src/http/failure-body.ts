import { isObject, type JSONObject } from '../utils/json.js'

/** What the body of a success has: one of these per route. */
const SUCCESS_FIELDS: readonly string[] = ['choices', 'data', 'output', 'models', 'instance_id', 'job_id']

/** Where servers report what went wrong, if not in `error`: FastAPI, gateways, proxies. */
const REASON_FIELDS: readonly string[] = ['detail', 'message', 'errors', 'msg', 'error_msg', 'errorMessage']

/** Whether the parsed body of a 200 reports a failure without the field `error`: `{"detail": …}`, `{"success": false}`. */
export function reportsFailure(body: unknown): boolean {
  if (!isObject(body)) return false
  if (body.success === false || body.ok === false) return true
  // A message of the model, which some servers send without a list of choices.
  if (isObject(body.message) && 'content' in body.message) return false
  const has = (field: string): boolean => body[field] !== undefined && body[field] !== null && body[field] !== ''
  // The status of a model or a download is a word.
  return REASON_FIELDS.some(has) && !SUCCESS_FIELDS.some(has) && typeof body.status !== 'string'
}

/** Returns what a body gives as the reason of a failure, as text or as an object that holds it. */
export const failureReason = (body: JSONObject): unknown =>
  ['error_message', 'error', 'reason', ...REASON_FIELDS].map((field) => body[field]).find((value) => Boolean(value))

/** Whether the field `status` of a body reports that what was requested failed. */
export const hasFailedStatus = (body: { readonly status?: unknown }): boolean =>
  typeof body.status === 'string' &&
  /(^|[_-])(fail(ed|ure)?|error|cancell?ed|aborted|rejected|timeout)$/i.test(body.status)

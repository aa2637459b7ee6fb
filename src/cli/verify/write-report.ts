import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { counts } from './counts.js'
import { toMarkdown } from './markdown.js'
import type { Exchange } from './recorder.js'
import type { VerifyReport } from './run.js'
import { createSanitizer } from './sanitize.js'

/** Response headers that describe a server. Others may hold cookies and keys. */
const HEADERS = /^(content-type|server|x-powered-by|vary|retry-after|allow|access-control-.+)$/

/** Request headers that decide how a server responds, apart from the token. */
const REQUEST_HEADERS = /^(origin|access-control-.+)$/

// The folder may hold other files, which must stay.
const BODY_FILE = /^\d+-(get|post|options)-.+\.(json|sse|html|txt)$/

export interface ReportMetadata {
  readonly date: string
  readonly version: string
  /** What must not be in the report: the API token. */
  readonly secrets: readonly string[]
}

/** The report as data. */
export function toJSONReport(report: VerifyReport, { date, version }: ReportMetadata): Record<string, unknown> {
  const { exchanges: _, results, ...rest } = report
  return { date, version, ...rest, summary: counts(results), results }
}

/** Writes the report, and the bodies that the server sent, into a folder. Replaces the bodies of an earlier run. */
export function writeReport(folder: string, report: VerifyReport, metadata: ReportMetadata): void {
  const sanitize = createSanitizer(
    metadata.secrets,
    report.exchanges.map(({ requestBody }) => requestBody),
  )
  const bodies = join(folder, 'bodies')
  mkdirSync(bodies, { recursive: true })
  for (const name of readdirSync(bodies).filter((name) => BODY_FILE.test(name))) rmSync(join(bodies, name))
  const entries = report.exchanges.map((exchange, index) => {
    const file = fileName(exchange, index)
    writeFileSync(join(bodies, file), sanitize(exchange.text))
    return toEntry(exchange, `bodies/${file}`, sanitize)
  })
  const writeJSON = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, undefined, 2)}\n`)
  writeJSON('exchanges.json', entries)
  writeJSON('report.json', JSON.parse(sanitize(JSON.stringify(toJSONReport(report, metadata)))))
  writeFileSync(join(folder, 'report.md'), sanitize(toMarkdown(report, metadata)))
}

/** Returns an exchange as test/helpers/replay-server.ts reads it. */
function toEntry(exchange: Exchange, file: string, sanitize: (text: string) => string): unknown {
  const { probe, method, path, requestBody, requestHeaders, status, headers, isComplete } = exchange
  const sent = pick(requestHeaders, REQUEST_HEADERS)
  return {
    probe,
    method,
    path,
    ...(requestBody === undefined ? {} : { body: JSON.parse(sanitize(JSON.stringify(requestBody))) as unknown }),
    ...(Object.keys(sent).length === 0 ? {} : { requestHeaders: sent }),
    status,
    headers: pick(headers, HEADERS),
    file,
    // The client left, so the file is only the beginning.
    ...(isComplete ? {} : { isCut: true }),
  }
}

const pick = (headers: Headers, names: RegExp): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => names.test(name)))

function fileName({ method, path, headers }: Exchange, index: number): string {
  const slug = path
    .replaceAll(/[^a-z\d]+/gi, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
  return `${String(index + 1).padStart(2, '0')}-${method.toLowerCase()}-${slug}.${extensionOf(headers.get('content-type') ?? '')}`
}

function extensionOf(type: string): string {
  if (type.includes('event-stream')) return 'sse'
  if (type.includes('json')) return 'json'
  return type.includes('html') ? 'html' : 'txt'
}

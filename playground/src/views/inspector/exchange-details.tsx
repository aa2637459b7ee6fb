import { signal } from '@preact/signals'
import { KINDS, routeOf, type Kind } from '../../inspector/routes.js'
import { pretty } from '../../inspector/pretty.js'
import { isActive } from '../../inspector/filter.js'
import { bytes } from '../../lib/format.js'
import { linkTo } from '../../state/route.js'
import type { Exchange, Progress } from '../../state/recorder.js'
import { Badge } from '../../ui/badge.js'
import { Icon } from '../../ui/icon.js'
import { OutputView } from './output-view.js'
import { CodeView } from './code-view.js'
import { CopyAs } from './copy-as.js'
import { EventList } from './event-list.js'
import { PhaseBar } from './phase-bar.js'
import { RawView } from './raw-view.js'
import { SendAgain } from './send-again.js'
import { StatusBadge } from './status-badge.js'
import { Tabs } from './tabs.js'
import { TextView } from './text-view.js'

type TabName = 'output' | 'events' | 'response' | 'raw' | 'request' | 'headers' | 'code'

/** The kinds of requests for which a model generates text or calls. */
const GENERATING: readonly Kind[] = ['chat', 'text', 'responses', 'native']

/** The selected tab, kept for the next request. */
const tab = signal<TabName>('events')

const header = (headers: Progress['responseHeaders'], name: string): string =>
  headers?.find(([key]) => key.toLowerCase() === name)?.[1] ?? ''

/** The details of a request and its response. */
export function ExchangeDetails({ exchange }: { readonly exchange: Exchange }) {
  const { method, url, startedAt, isMock, isBackground } = exchange
  const progress = exchange.progress.value
  const { kind, endpoint, route } = routeOf(url)
  const isStream = header(progress.responseHeaders, 'content-type').includes('event-stream')
  const tabs: { name: TabName; label: string; note?: string }[] = [
    isStream ? { name: 'events', label: 'Events' } : { name: 'response', label: 'Response' },
    ...(GENERATING.includes(kind) ? [{ name: 'output', label: 'Output' } as const] : []),
    { name: 'raw', label: 'Raw' },
    { name: 'request', label: 'Request' },
    { name: 'headers', label: 'Headers' },
    { name: 'code', label: 'Code' },
  ]
  const chosen = tabs.find(({ name }) => name === tab.value)?.name ?? tabs[0]!.name
  return (
    <section class="card exchange" aria-label="Request and response">
      <a class="back" href={linkTo('inspector')}>
        <Icon name="left" /> All requests
      </a>
      <div class="exchange-head">
        <h2>
          <span class="method">{method}</span> {route}
        </h2>
        <StatusBadge progress={progress} />
      </div>
      <p class="quiet small exchange-facts">
        <span>{KINDS[kind]}</span>
        <span class="exchange-endpoint">{endpoint}</span>
        <span>{startedAt.toLocaleTimeString()}</span>
        <span>
          {bytes(exchange.requestBodyBytes)} sent, {bytes(progress.bytes)} received
        </span>
        {isMock && <Badge tone="mock">Mock</Badge>}
        {isBackground && <Badge>Health check</Badge>}
      </p>
      <PhaseBar exchange={exchange} />
      {progress.error !== undefined && (
        <p class="exchange-error">
          {progress.outcome === 'aborted' ? 'Aborted' : 'Failed'}: {progress.error}
        </p>
      )}
      <SendAgain exchange={exchange} />
      <CopyAs exchange={exchange} />
      <Tabs label="Parts of the exchange" tabs={tabs} value={chosen} onChange={(name) => (tab.value = name)}>
        {chosen === 'output' && <OutputView exchange={exchange} isStream={isStream} />}
        {chosen === 'events' && <EventList exchange={exchange} />}
        {chosen === 'response' && <ResponseBody exchange={exchange} />}
        {chosen === 'raw' && <RawView exchange={exchange} />}
        {chosen === 'request' && <RequestBody exchange={exchange} />}
        {chosen === 'headers' && <HeaderTables exchange={exchange} />}
        {chosen === 'code' && <CodeView exchange={exchange} />}
      </Tabs>
    </section>
  )
}

function ResponseBody({ exchange }: { readonly exchange: Exchange }) {
  const { outcome, droppedBytes } = exchange.progress.value
  if (outcome === 'opaque') return <p class="quiet">The browser does not let pages read this response.</p>
  if (exchange.chunkCount.value === 0) {
    return <p class="quiet">{isActive(outcome) ? 'Nothing received yet.' : 'No body received.'}</p>
  }
  if (isActive(outcome)) return <RawView exchange={exchange} />
  const { text, isJSON } = pretty(exchange.chunks.map(({ text }) => text).join(''))
  return (
    <div class="stack">
      {!isJSON && <p class="quiet small">Not JSON. Shown as received.</p>}
      {droppedBytes > 0 && <p class="quiet small">{bytes(droppedBytes)} more were received but not recorded.</p>}
      <TextView text={text} language={isJSON ? 'json' : 'text'} label="Response body" />
    </div>
  )
}

function RequestBody({ exchange: { requestBody, isBodyTruncated } }: { readonly exchange: Exchange }) {
  if (requestBody === undefined) return <p class="quiet">No request body.</p>
  const { text, isJSON } = pretty(requestBody)
  return (
    <div class="stack">
      {isBodyTruncated && <p class="quiet small">Truncated: the body exceeded the recording limit.</p>}
      <TextView text={text} language={isJSON ? 'json' : 'text'} label="Request body" />
    </div>
  )
}

function HeaderTables({ exchange }: { readonly exchange: Exchange }) {
  const { responseHeaders = [], status, statusText } = exchange.progress.value
  return (
    <div class="stack">
      <HeaderTable title="Request headers" rows={exchange.requestHeaders} />
      <HeaderTable
        title={`Response headers${status === undefined ? '' : ` · ${status} ${statusText ?? ''}`}`}
        rows={responseHeaders}
      />
      <p class="quiet small">
        The browser adds more request headers and exposes only the response headers that the server allows.
      </p>
    </div>
  )
}

function HeaderTable({ title, rows }: { readonly title: string; readonly rows: Exchange['requestHeaders'] }) {
  return (
    <section class="stack" aria-label={title}>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <dl class="headers">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { isListed, NO_FILTER, statusGroupOf, type StatusGroup, type ExchangeFilter } from '../../inspector/filter.js'
import { toHAR } from '../../inspector/har.js'
import { shortDuration } from '../../inspector/phases.js'
import { KINDS, routeOf, type Kind } from '../../inspector/routes.js'
import { waterfall, type Bar } from '../../inspector/waterfall.js'
import { bytes } from '../../lib/format.js'
import { saveFile } from '../../lib/save-file.js'
import { useNow } from '../../lib/use-now.js'
import { exchanges, type Exchange } from '../../state/recorder.js'
import { linkTo } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { Checkbox, Select, TextField } from '../../ui/field.js'
import { StatusBadge } from './status-badge.js'

/** Survives closing the view. */
const filter = signal<ExchangeFilter>(NO_FILTER)

const STATUS_GROUPS: readonly { readonly value: StatusGroup; readonly label: string }[] = [
  { value: '', label: 'Any status' },
  { value: 'active', label: 'In progress' },
  { value: 'ok', label: 'OK (2xx)' },
  { value: 'not-ok', label: 'Not OK (3xx–5xx)' },
  { value: 'failed', label: 'Failed' },
  { value: 'stopped', label: 'Stopped' },
]

const update = (changes: Partial<ExchangeFilter>): void => {
  filter.value = { ...filter.value, ...changes }
}

/** The recorded requests, newest first. */
export function ExchangeList({ open }: { readonly open: number | undefined }) {
  const current = filter.value
  const all = exchanges.value
  const listed = all.filter((exchange) => isListed(exchange, exchange.progress.value, current)).toReversed()
  const hidden = all.length - listed.length
  const now = useNow(
    500,
    listed.some(({ progress }) => progress.value.timing.end === undefined),
  )
  const bars = waterfall(
    listed.map(({ id, startedAt, progress }) => {
      const { end } = progress.value.timing
      return { id, start: +startedAt, end: end === undefined ? now : +startedAt + end }
    }),
  )
  return (
    <section class="stack exchanges" aria-label="Requests">
      <search class="exchange-filter">
        <TextField
          label="Filter"
          type="search"
          placeholder="path, model, body text…"
          value={current.text}
          onInput={(text) => update({ text })}
        />
        <Select
          label="Kind"
          value={current.kind}
          onChange={(kind) => update({ kind: kind as Kind | '' })}
          options={[
            { value: '', label: 'All kinds' },
            ...Object.entries(KINDS).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Select
          label="Method"
          value={current.method}
          onChange={(method) => update({ method })}
          options={['', 'GET', 'POST'].map((value) => ({ value, label: value || 'Any' }))}
        />
        <Select
          label="Status"
          value={current.statusGroup}
          onChange={(statusGroup) => update({ statusGroup: statusGroup as StatusGroup })}
          options={STATUS_GROUPS}
        />
      </search>
      <div class="exchange-count">
        <span class="quiet small" role="status">
          {listed.length} of {all.length} requests
        </span>
        <Button
          small
          kind="quiet"
          icon="download"
          disabled={listed.length === 0}
          onClick={() => saveFile(JSON.stringify(toHAR(listed.toReversed()), null, 2), 'requests.har')}
        >
          Export HAR
        </Button>
        <Checkbox
          label="Include health checks"
          checked={current.withBackground}
          onChange={(withBackground) => update({ withBackground })}
        />
      </div>
      {listed.length === 0 ? (
        <div class="row">
          <span class="quiet">No matching requests.</span>
          {hidden > 0 && (
            <Button small onClick={() => (filter.value = { ...NO_FILTER, withBackground: true })}>
              Show all
            </Button>
          )}
        </div>
      ) : (
        <ul class="exchange-list" onKeyDown={move}>
          {listed.map((exchange) => (
            <li key={exchange.id}>
              <Row exchange={exchange} isOpen={exchange.id === open} bar={bars.get(exchange.id)!} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Moves the focus between rows with the arrow keys. */
function move(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const list = event.currentTarget as HTMLElement
  const links = [...list.querySelectorAll('a')]
  const index = links.indexOf(document.activeElement as HTMLAnchorElement)
  if (step === undefined || index < 0) return
  event.preventDefault()
  links[index + step]?.focus()
}

interface RowProps {
  readonly exchange: Exchange
  readonly isOpen: boolean
  readonly bar: Bar
}

/** So that the bar of a short request is visible. */
const MIN_WIDTH = 0.04

/** A request on one line. */
function Row({ exchange, isOpen, bar }: RowProps) {
  const { id, url, method, startedAt, isBackground } = exchange
  const progress = exchange.progress.value
  const { kind, route } = useMemo(() => routeOf(url), [url])
  const { end } = progress.timing
  return (
    <a
      class={`exchange-row${isBackground ? ' exchange-background' : ''}`}
      href={linkTo('inspector', String(id))}
      aria-current={isOpen || undefined}
      title={`${method} ${route}\n${KINDS[kind]}, ${startedAt.toLocaleTimeString()}, ${bytes(progress.bytes)}`}
    >
      <span class="exchange-route">
        <span class="method">{method}</span> {route}
      </span>
      <StatusBadge progress={progress} />
      <span class="quiet small exchange-time">{end === undefined ? '' : shortDuration(end)}</span>
      <svg class="waterfall" aria-hidden="true" width="100%" height="10">
        <rect
          class={`waterfall-${statusGroupOf(progress) || 'ok'}`}
          x={`${Math.min(bar.from, 1 - MIN_WIDTH) * 100}%`}
          width={`${Math.max(bar.width, MIN_WIDTH) * 100}%`}
          height="10"
          rx="2"
        />
      </svg>
    </a>
  )
}

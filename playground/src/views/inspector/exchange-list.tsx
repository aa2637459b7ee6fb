import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { isListed, NO_FILTER, type Condition, type ExchangeFilter } from '../../inspector/find.js'
import { brief } from '../../inspector/phases.js'
import { KINDS, placeOf, type Kind } from '../../inspector/routes.js'
import { bytes } from '../../lib/format.js'
import { exchanges, type Exchange } from '../../state/recorder.js'
import { linkTo } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { Checkbox, Select, TextField } from '../../ui/field.js'
import { StatusBadge } from './status-badge.js'

/** Kept while other views are open. */
const filter = signal<ExchangeFilter>(NO_FILTER)

const CONDITIONS: readonly { readonly value: Condition; readonly label: string }[] = [
  { value: '', label: 'Any status' },
  { value: 'running', label: 'Under way' },
  { value: 'ok', label: 'Fine (2xx)' },
  { value: 'refused', label: 'Refused (3xx–5xx)' },
  { value: 'broken', label: 'Failed' },
  { value: 'stopped', label: 'Stopped' },
]

const set = (change: Partial<ExchangeFilter>): void => {
  filter.value = { ...filter.value, ...change }
}

/** What was asked, newest first. */
export function ExchangeList({ open }: { readonly open: number | undefined }) {
  const now = filter.value
  const all = exchanges.value
  const listed = all.filter((exchange) => isListed(exchange, exchange.progress.value, now)).toReversed()
  const hidden = all.length - listed.length
  return (
    <section class="stack exchanges" aria-label="Requests">
      <search class="exchange-filter">
        <TextField
          label="Filter"
          type="search"
          placeholder="path, model, words of the body …"
          value={now.text}
          onInput={(text) => set({ text })}
        />
        <Select
          label="Kind"
          value={now.kind}
          onChange={(kind) => set({ kind: kind as Kind | '' })}
          options={[
            { value: '', label: 'All kinds' },
            ...Object.entries(KINDS).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Select
          label="Method"
          value={now.method}
          onChange={(method) => set({ method })}
          options={['', 'GET', 'POST'].map((value) => ({ value, label: value || 'Both' }))}
        />
        <Select
          label="Status"
          value={now.condition}
          onChange={(condition) => set({ condition: condition as Condition })}
          options={CONDITIONS}
        />
      </search>
      <div class="exchange-count">
        <span class="quiet small" role="status">
          {listed.length} of {all.length} requests
        </span>
        <Checkbox
          label="Health checks of this page, too"
          checked={now.withBackground}
          onChange={(withBackground) => set({ withBackground })}
        />
      </div>
      {listed.length === 0 ? (
        <div class="row">
          <span class="quiet">Nothing fits.</span>
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
              <Row exchange={exchange} isOpen={exchange.id === open} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** The arrow keys go from row to row. */
function move(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const list = event.currentTarget as HTMLElement
  const links = [...list.querySelectorAll('a')]
  const at = links.indexOf(document.activeElement as HTMLAnchorElement)
  if (step === undefined || at < 0) return
  event.preventDefault()
  links[at + step]?.focus()
}

function Row({ exchange, isOpen }: { readonly exchange: Exchange; readonly isOpen: boolean }) {
  const { id, url, method, startedAt, isBackground } = exchange
  const progress = exchange.progress.value
  const { kind, route } = useMemo(() => placeOf(url), [url])
  return (
    <a
      class={`exchange-row${isBackground ? ' exchange-background' : ''}`}
      href={linkTo('inspector', String(id))}
      aria-current={isOpen || undefined}
    >
      <span class="exchange-route">
        <span class="method">{method}</span> {route}
      </span>
      <StatusBadge progress={progress} />
      <span class="quiet small exchange-said">
        <span>{KINDS[kind]}</span>
        <span>{startedAt.toLocaleTimeString()}</span>
        {progress.timing.end !== undefined && <span>{brief(progress.timing.end)}</span>}
        <span>{bytes(progress.bytes)}</span>
      </span>
    </a>
  )
}

import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { createEventReader, type StreamEvent } from '../../inspector/event-reader.js'
import { brief } from '../../inspector/phases.js'
import { preview } from '../../inspector/preview.js'
import { pretty } from '../../inspector/pretty.js'
import { isUnderWay } from '../../inspector/find.js'
import { bytes, count } from '../../lib/format.js'
import type { Exchange } from '../../state/recorder.js'
import { Checkbox, TextField } from '../../ui/field.js'
import { TextView } from './text-view.js'

/** Of each row, as in the styles. */
const ROW = 34
/** Rows beyond what is seen, so that scrolling shows no gap. */
const SPARE = 6

/** Which events fit; looks only at those it has not looked at yet. */
function createFilter(text: string): (events: readonly StreamEvent[]) => readonly number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found: number[] = []
  let seen = 0
  return (events) => {
    for (; seen < events.length; seen++) {
      const said = words.length === 0 ? '' : `${events[seen]!.name} ${events[seen]!.data}`.toLowerCase()
      if (words.every((word) => said.includes(word))) found.push(seen)
    }
    return found
  }
}

/** The events of a stream as they came; only those that are seen are in the page. */
export function EventList({ exchange }: { readonly exchange: Exchange }) {
  const reader = useMemo(createEventReader, [exchange])
  const [filter, setFilter] = useState('')
  const find = useMemo(() => createFilter(filter), [exchange, filter])
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(0)
  const [picked, setPicked] = useState<number | undefined>(undefined)
  const [follows, setFollows] = useState(true)
  const box = useRef<HTMLDivElement>(null)
  const space = useRef<HTMLDivElement>(null)
  const view = useRef<HTMLDivElement>(null)
  const id = useId()

  // Read for being told of new pieces.
  void exchange.chunkCount.value
  reader.read(exchange.chunks)
  const { events } = reader
  const found = find(events)
  const { outcome } = exchange.progress.value
  const isRunning = isUnderWay(outcome)
  const rest = isRunning ? '' : reader.rest()

  const first = Math.max(0, Math.floor(top / ROW) - SPARE)
  const shown = found.slice(first, Math.ceil((top + height) / ROW) + SPARE)
  const at = picked === undefined ? -1 : found.indexOf(picked)
  const opened = picked === undefined ? undefined : events[picked]

  useLayoutEffect(() => {
    // As properties, since the page's policy allows no style attribute.
    space.current?.style.setProperty('height', `${found.length * ROW}px`)
    view.current?.style.setProperty('transform', `translateY(${first * ROW}px)`)
    if (follows && isRunning && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  })

  useEffect(() => {
    const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 0))
    if (box.current !== null) observer.observe(box.current)
    return () => observer.disconnect()
  }, [found.length === 0])

  const pick = (index: number): void => {
    const next = Math.min(Math.max(index, 0), found.length - 1)
    setFollows(false)
    setPicked(found[next])
    const element = box.current
    if (element === null) return
    const rowTop = next * ROW
    if (rowTop < element.scrollTop) element.scrollTop = rowTop
    else if (rowTop + ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = rowTop + ROW - element.clientHeight
    }
  }
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / ROW) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: found.length - 1,
    }
    const next = steps[event.key]
    if (next === undefined) return
    event.preventDefault()
    pick(next)
  }

  return (
    <div class="stack">
      <div class="event-tools">
        <TextField
          label="Filter events"
          type="search"
          placeholder="delta, usage, error …"
          value={filter}
          onInput={(text) => {
            setFilter(text)
            if (box.current !== null) box.current.scrollTop = 0
          }}
        />
        {isRunning && <Checkbox label="Follow the newest" checked={follows} onChange={setFollows} />}
      </div>
      <p class="quiet small event-count">
        {found.length === events.length
          ? `${count(events.length)} events`
          : `${count(found.length)} of ${count(events.length)} events`}
      </p>
      {found.length === 0 ? (
        <p class="quiet">{events.length > 0 ? 'No event fits.' : isRunning ? 'Nothing yet.' : 'No event came.'}</p>
      ) : (
        <div
          ref={box}
          class="events"
          role="listbox"
          tabIndex={0}
          aria-label="Stream events"
          aria-activedescendant={at >= first && at < first + shown.length ? `${id}-${picked}` : undefined}
          onKeyDown={move}
          onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
          onWheel={({ deltaY }) => deltaY < 0 && setFollows(false)}
          onTouchMove={() => setFollows(false)}
        >
          <div ref={space} class="event-space" role="presentation">
            <div ref={view} role="presentation">
              {shown.map((index, offset) => {
                const { at: time, name, data } = events[index]!
                return (
                  <div
                    key={index}
                    id={`${id}-${index}`}
                    class={`event event-${tone(name)}`}
                    role="option"
                    aria-selected={index === picked}
                    aria-posinset={first + offset + 1}
                    aria-setsize={found.length}
                    onClick={() => pick(first + offset)}
                  >
                    <span class="event-at">{brief(time)}</span>
                    <span class="event-name">{name}</span>
                    <span class="event-data">{preview(data)}</span>
                  </div>
                )
              })}
            </div>
          </div>
        </div>
      )}
      {opened !== undefined && <OpenEvent event={opened} />}
      {rest !== '' && (
        <section class="stack" aria-label="After the last whole event">
          <h3>After the last whole event</h3>
          <p class="quiet small">These bytes were never ended by an empty line: here the stream broke off.</p>
          <TextView text={rest} language="text" label="What came after the last event" />
        </section>
      )}
    </div>
  )
}

const tone = (name: string): string =>
  name === 'comment' ? 'comment' : /error|failed|failure/.test(name) ? 'bad' : 'plain'

function OpenEvent({ event: { index, at, name, data } }: { readonly event: StreamEvent }) {
  const { text, isJSON } = pretty(data)
  return (
    <section class="stack" aria-label="The event that is picked">
      <h3>
        Event {count(index + 1)}: {name}
        <span class="quiet">
          {' '}
          after {brief(at)}, {bytes(data.length)}
        </span>
      </h3>
      <TextView text={text} language={isJSON ? 'json' : 'text'} label={`Event ${index + 1}`} />
    </section>
  )
}

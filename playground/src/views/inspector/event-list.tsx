import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { createEventReader, type StreamEvent } from '../../inspector/event-reader.js'
import { shortDuration } from '../../inspector/phases.js'
import { preview } from '../../inspector/preview.js'
import { pretty } from '../../inspector/pretty.js'
import { isActive } from '../../inspector/filter.js'
import { bytes, count } from '../../lib/format.js'
import type { Exchange } from '../../state/recorder.js'
import { Checkbox, TextField } from '../../ui/field.js'
import { TextView } from './text-view.js'

/** Height of a row in pixels, as in inspector.css. */
const ROW_HEIGHT = 34
/** Extra rows above and below the visible ones, so that scrolling shows no gap. */
const OVERSCAN = 6

/** Creates an incremental filter: each call searches only the new events. */
function createFilter(text: string): (events: readonly StreamEvent[]) => readonly number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matches: number[] = []
  let seen = 0
  return (events) => {
    for (; seen < events.length; seen++) {
      const searched = words.length === 0 ? '' : `${events[seen]!.name} ${events[seen]!.data}`.toLowerCase()
      if (words.every((word) => searched.includes(word))) matches.push(seen)
    }
    return matches
  }
}

/** The events of a stream. Only the visible rows are in the page. */
export function EventList({ exchange }: { readonly exchange: Exchange }) {
  const reader = useMemo(createEventReader, [exchange])
  const [filter, setFilter] = useState('')
  const find = useMemo(() => createFilter(filter), [exchange, filter])
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(0)
  const [selected, setSelected] = useState<number | undefined>(undefined)
  const [follows, setFollows] = useState(true)
  const box = useRef<HTMLDivElement>(null)
  const space = useRef<HTMLDivElement>(null)
  const view = useRef<HTMLDivElement>(null)
  const id = useId()

  // Subscribes to new chunks.
  void exchange.chunkCount.value
  reader.read(exchange.chunks)
  const { events } = reader
  const found = find(events)
  const { outcome } = exchange.progress.value
  const isStreaming = isActive(outcome)
  const rest = isStreaming ? '' : reader.rest()

  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN)
  const visible = found.slice(first, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN)
  const at = selected === undefined ? -1 : found.indexOf(selected)
  const openEvent = selected === undefined ? undefined : events[selected]

  useLayoutEffect(() => {
    // Set as properties: the Content-Security-Policy forbids style attributes.
    space.current?.style.setProperty('height', `${found.length * ROW_HEIGHT}px`)
    view.current?.style.setProperty('transform', `translateY(${first * ROW_HEIGHT}px)`)
    if (follows && isStreaming && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  })

  useEffect(() => {
    const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 0))
    if (box.current !== null) observer.observe(box.current)
    return () => observer.disconnect()
  }, [found.length === 0])

  const select = (index: number): void => {
    const next = Math.min(Math.max(index, 0), found.length - 1)
    setFollows(false)
    setSelected(found[next])
    const element = box.current
    if (element === null) return
    const rowTop = next * ROW_HEIGHT
    if (rowTop < element.scrollTop) element.scrollTop = rowTop
    else if (rowTop + ROW_HEIGHT > element.scrollTop + element.clientHeight) {
      element.scrollTop = rowTop + ROW_HEIGHT - element.clientHeight
    }
  }
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 1)
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
    select(next)
  }

  return (
    <div class="stack">
      <div class="event-tools">
        <TextField
          label="Filter events"
          type="search"
          placeholder="delta, usage, error…"
          value={filter}
          onInput={(text) => {
            setFilter(text)
            if (box.current !== null) box.current.scrollTop = 0
          }}
        />
        {isStreaming && <Checkbox label="Follow new events" checked={follows} onChange={setFollows} />}
      </div>
      <p class="quiet small event-count">
        {found.length === events.length
          ? `${count(events.length)} events`
          : `${count(found.length)} of ${count(events.length)} events`}
      </p>
      {found.length === 0 ? (
        <p class="quiet">
          {events.length > 0 ? 'No matching events.' : isStreaming ? 'Nothing received yet.' : 'No events received.'}
        </p>
      ) : (
        <div
          ref={box}
          class="events"
          role="listbox"
          tabIndex={0}
          aria-label="Stream events"
          aria-activedescendant={at >= first && at < first + visible.length ? `${id}-${selected}` : undefined}
          onKeyDown={move}
          onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
          onWheel={({ deltaY }) => deltaY < 0 && setFollows(false)}
          onTouchMove={() => setFollows(false)}
        >
          <div ref={space} class="event-space" role="presentation">
            <div ref={view} role="presentation">
              {visible.map((index, offset) => {
                const { at: time, name, data } = events[index]!
                return (
                  <div
                    key={index}
                    id={`${id}-${index}`}
                    class={`event event-${tone(name)}`}
                    role="option"
                    aria-selected={index === selected}
                    aria-posinset={first + offset + 1}
                    aria-setsize={found.length}
                    onClick={() => select(first + offset)}
                  >
                    <span class="event-at">{shortDuration(time)}</span>
                    <span class="event-name">{name}</span>
                    <span class="event-data">{preview(data)}</span>
                  </div>
                )
              })}
            </div>
          </div>
        </div>
      )}
      {openEvent !== undefined && <OpenEvent event={openEvent} />}
      {rest !== '' && (
        <section class="stack" aria-label="Incomplete event">
          <h3>Incomplete event</h3>
          <p class="quiet small">The stream ended before the blank line that terminates this event.</p>
          <TextView text={rest} language="text" label="Text of the incomplete event" />
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
    <section class="stack" aria-label="Selected event">
      <h3>
        Event {count(index + 1)}: {name}
        <span class="quiet">
          {' '}
          after {shortDuration(at)}, {bytes(data.length)}
        </span>
      </h3>
      <TextView text={text} language={isJSON ? 'json' : 'text'} label={`Event ${index + 1}`} />
    </section>
  )
}

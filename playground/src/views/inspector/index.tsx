import { useEffect, useRef } from 'preact/hooks'
import { clearExchanges, exchanges, isRecording } from '../../state/recorder.js'
import { route } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'
import { ExchangeDetails } from './exchange-details.js'
import { ExchangeList } from './exchange-list.js'
import './inspector.css'

export function View() {
  const all = exchanges.value
  const id = /^\d+$/.test(route.value.rest) ? Number(route.value.rest) : undefined
  const opened = all.find((exchange) => exchange.id === id)
  const frame = useRef<HTMLDivElement>(null)
  const previous = useRef(id)

  useEffect(() => {
    if (previous.current === id) return
    // On a narrow screen only the list or the details are visible, so the focus has to move.
    const isNarrow = matchMedia('(width < 1080px)').matches
    const target = id === undefined ? `a[href$="/${previous.current}"]` : '.back'
    if (isNarrow) {
      frame.current?.querySelector<HTMLElement>(target)?.focus({ preventScroll: id !== undefined })
      if (id !== undefined) scrollTo(0, 0)
    }
    previous.current = id
  }, [id])

  return (
    <>
      <ViewHead
        title="Inspector"
        lead="Every request of this page, as sent and received. Secrets are redacted."
        actions={
          <>
            <Button icon={isRecording.value ? 'stop' : 'play'} onClick={() => (isRecording.value = !isRecording.value)}>
              {isRecording.value ? 'Stop recording' : 'Resume recording'}
            </Button>
            <Button icon="trash" disabled={all.length === 0} onClick={clearExchanges}>
              Clear
            </Button>
          </>
        }
      />
      {!isRecording.value && <p class="not-recording">Recording is stopped. New requests are not listed.</p>}
      {all.length === 0 ? (
        <NeedsServer icon="inspector">
          <EmptyState icon="inspector" title="No requests yet">
            Requests from the other views appear here.
          </EmptyState>
        </NeedsServer>
      ) : (
        <div ref={frame} class={`inspector${opened === undefined ? '' : ' inspector-open'}`}>
          <ExchangeList open={id} />
          <div class="exchange-side">
            {opened === undefined ? (
              <EmptyState icon="inspector" title={id === undefined ? 'Pick a request' : 'No longer recorded'}>
                {id === undefined
                  ? 'Its timing, headers, body and events appear here, with code that sends it again.'
                  : 'The oldest requests are removed. Pick another one.'}
              </EmptyState>
            ) : (
              <ExchangeDetails key={opened.id} exchange={opened} />
            )}
          </div>
        </div>
      )}
    </>
  )
}

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
  const before = useRef(id)

  useEffect(() => {
    if (before.current === id) return
    // Where only one of the two is seen, the focus would be lost with the other.
    const isNarrow = matchMedia('(width < 1080px)').matches
    const target = id === undefined ? `a[href$="/${before.current}"]` : '.back'
    if (isNarrow) {
      frame.current?.querySelector<HTMLElement>(target)?.focus({ preventScroll: id !== undefined })
      if (id !== undefined) scrollTo(0, 0)
    }
    before.current = id
  }, [id])

  return (
    <>
      <ViewHead
        title="Inspector"
        lead="Every request of this page, as it went over the wire. Secrets are left out."
        actions={
          <>
            <Button icon={isRecording.value ? 'stop' : 'play'} onClick={() => (isRecording.value = !isRecording.value)}>
              {isRecording.value ? 'Stop recording' : 'Record again'}
            </Button>
            <Button icon="trash" disabled={all.length === 0} onClick={clearExchanges}>
              Clear
            </Button>
          </>
        }
      />
      {!isRecording.value && <p class="not-recording">Requests that are made now are not recorded.</p>}
      {all.length === 0 ? (
        <NeedsServer icon="inspector">
          <EmptyState icon="inspector" title="Nothing has been asked yet">
            What the other views ask of the server will be listed here.
          </EmptyState>
        </NeedsServer>
      ) : (
        <div ref={frame} class={`inspector${opened === undefined ? '' : ' inspector-open'}`}>
          <ExchangeList open={id} />
          <div class="exchange-side">
            {opened === undefined ? (
              <EmptyState icon="inspector" title={id === undefined ? 'Pick a request' : 'No longer kept'}>
                {id === undefined
                  ? 'Its times, headers, body and stream are shown here, and as code to paste.'
                  : 'The oldest requests are forgotten. Pick another one.'}
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

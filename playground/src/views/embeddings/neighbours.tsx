import { useSignal } from '@preact/signals'
import { Button } from '../../ui/button.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Select, TextField } from '../../ui/field.js'
import { ask, askError, asking, neighbours, picked, question, type Comparison } from './work.js'

const SHOWN = 8
const MAX_LABEL = 60

const shorten = (text: string): string => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}…` : text)

/** What is nearest to a line of the list, or to something else. */
export function Neighbours({ comparison }: { readonly comparison: Comparison }) {
  const showsAll = useSignal(false)
  const { of, list } = neighbours.value ?? { of: '', list: [] }
  const shown = showsAll.value ? list : list.slice(0, SHOWN)
  return (
    <>
      <div class="neighbours-of">
        <Select
          label="Of a line"
          value={String(picked.value)}
          onChange={(value) => (picked.value = value === 'question' ? value : Number(value))}
          options={[
            ...(picked.value === 'question' ? [{ value: 'question', label: `What was asked: ${shorten(of)}` }] : []),
            ...comparison.rows.map(({ number, text }) => ({
              value: String(number),
              label: `${number} · ${shorten(text)}`,
            })),
          ]}
        />
        <form
          class="other-text"
          onSubmit={(event) => {
            event.preventDefault()
            void ask()
          }}
        >
          <TextField
            label="Or of anything else"
            placeholder="birds at sea"
            value={question.value}
            onInput={(value) => (question.value = value)}
          />
          <Button type="submit" icon="search" busy={asking.value}>
            Find
          </Button>
        </form>
      </div>
      {askError.value !== undefined && (
        <ErrorNote
          error={askError.value}
          title="The question has no vector."
          onRetry={() => void ask()}
          onDismiss={() => (askError.value = undefined)}
        />
      )}
      {list.length === 0 ? (
        <p class="quiet">There is nothing to compare it with.</p>
      ) : (
        <ol class="neighbours" aria-label={`Nearest to ${of}`}>
          {shown.map(({ row: { number, text }, likeness }) => (
            <li key={number}>
              <meter min={0} max={1} value={Math.max(0, likeness)} aria-label={`Similarity of line ${number}`} />
              <span class="likeness">{likeness.toFixed(3)}</span>
              <button type="button" class="neighbour" onClick={() => (picked.value = number)}>
                <span class="quiet">{number}</span> {text}
              </button>
            </li>
          ))}
        </ol>
      )}
      {list.length > SHOWN && (
        <div class="row">
          <Button kind="quiet" small onClick={() => (showsAll.value = !showsAll.value)}>
            {showsAll.value ? 'Show fewer' : `Show all ${list.length}`}
          </Button>
        </div>
      )}
    </>
  )
}

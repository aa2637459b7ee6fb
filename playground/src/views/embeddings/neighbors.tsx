import { useSignal } from '@preact/signals'
import { Button } from '../../ui/button.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Select, TextField } from '../../ui/field.js'
import { search, searchError, isSearching, neighbors, picked, query, type Comparison } from './state.js'

const SHOWN = 8
const MAX_LABEL = 60

const shorten = (text: string): string => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}…` : text)

/** The lines nearest to one of the lines or to any other text. */
export function Neighbors({ comparison }: { readonly comparison: Comparison }) {
  const showsAll = useSignal(false)
  const { of, list } = neighbors.value ?? { of: '', list: [] }
  const shown = showsAll.value ? list : list.slice(0, SHOWN)
  return (
    <>
      <div class="neighbors-of">
        <Select
          label="Line"
          value={String(picked.value)}
          onChange={(value) => (picked.value = value === 'query' ? value : Number(value))}
          options={[
            ...(picked.value === 'query' ? [{ value: 'query', label: `Your text: ${shorten(of)}` }] : []),
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
            void search()
          }}
        >
          <TextField
            label="Or any text"
            placeholder="birds at sea"
            value={query.value}
            onInput={(value) => (query.value = value)}
          />
          <Button type="submit" icon="search" busy={isSearching.value}>
            Find
          </Button>
        </form>
      </div>
      {searchError.value !== undefined && (
        <ErrorNote
          error={searchError.value}
          title="The text could not be embedded."
          onRetry={() => void search()}
          onDismiss={() => (searchError.value = undefined)}
        />
      )}
      {list.length === 0 ? (
        <p class="quiet">There are no other lines to compare.</p>
      ) : (
        <ol class="neighbors" aria-label={`Nearest to ${of}`}>
          {shown.map(({ row: { number, text }, similarity }) => (
            <li key={number}>
              <meter min={0} max={1} value={Math.max(0, similarity)} aria-label={`Similarity of line ${number}`} />
              <span class="similarity">{similarity.toFixed(3)}</span>
              <button type="button" class="neighbor" onClick={() => (picked.value = number)}>
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

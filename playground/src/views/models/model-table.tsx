import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks'
import type { ModelInfo } from 'lmstudio-provider'
import {
  filterModels,
  NO_FILTER,
  sortModels,
  type Capability,
  type Filter,
  type SortKey,
} from '../../lib/model-list.js'
import { Button } from '../../ui/button.js'
import { EmptyState } from '../../ui/empty-state.js'
import { Select, TextField } from '../../ui/field.js'
import { LoadDialog } from './load-dialog.js'
import { ModelRow } from './model-row.js'

const COLUMNS: readonly { readonly key: SortKey; readonly label: string }[] = [
  { key: 'name', label: 'Model' },
  { key: 'type', label: 'Type' },
  { key: 'parameters', label: 'Parameters' },
  { key: 'size', label: 'Size' },
  { key: 'quantization', label: 'Quantization' },
  { key: 'context', label: 'Context' },
]

/** Rows per step. More are rendered on scrolling, so that a list of hundreds stays fast. */
const STEP = 40

interface ModelTableProps {
  readonly models: readonly ModelInfo[]
  /** Shows the age of the list. */
  readonly age: ComponentChildren
  readonly onOpen: (id: string) => void
}

export function ModelTable({ models, age, onOpen }: ModelTableProps) {
  const filter = useSignal<Filter>(NO_FILTER)
  const sorting = useSignal<{ readonly key: SortKey; readonly isDescending: boolean }>({
    key: 'state',
    isDescending: false,
  })
  const limit = useSignal(STEP)
  const loading = useSignal<ModelInfo | undefined>(undefined)
  const { key, isDescending } = sorting.value
  const found = useMemo(
    () => sortModels(filterModels(models, filter.value), sorting.value),
    [models, filter.value, sorting.value],
  )
  const load = useCallback((model: ModelInfo) => (loading.value = model), [])
  const updateFilter = (changes: Partial<Filter>): void => {
    filter.value = { ...filter.value, ...changes }
    limit.value = STEP
  }
  const sortBy = (by: SortKey): void => {
    sorting.value = { key: by, isDescending: by === key && !isDescending }
  }
  const header = (by: SortKey, label: string) => (
    <th
      key={by}
      role="columnheader"
      scope="col"
      aria-sort={by === key ? (isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" class="sorter" onClick={() => sortBy(by)}>
        {label}
        <span aria-hidden="true">{by === key ? (isDescending ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  )

  return (
    <div class="stack">
      <search class="model-filter">
        <TextField
          label="Search"
          type="search"
          placeholder="name, publisher, architecture…"
          value={filter.value.text}
          onInput={(text) => updateFilter({ text })}
        />
        <Select
          label="Type"
          value={filter.value.type}
          onChange={(type) => updateFilter({ type })}
          options={[
            { value: '', label: 'All types' },
            { value: 'llm', label: 'Language' },
            { value: 'vlm', label: 'Vision' },
            { value: 'embedding', label: 'Embedding' },
            { value: 'decision', label: 'Decision' },
          ]}
        />
        <Select
          label="State"
          value={filter.value.state}
          onChange={(state) => updateFilter({ state })}
          options={[
            { value: '', label: 'Any state' },
            { value: 'loaded', label: 'Loaded' },
            { value: 'not-loaded', label: 'Not loaded' },
          ]}
        />
        <Select
          label="Capabilities"
          value={filter.value.capability}
          onChange={(capability) => updateFilter({ capability: capability as Capability | '' })}
          options={[
            { value: '', label: 'Any' },
            { value: 'vision', label: 'Vision' },
            { value: 'toolUse', label: 'Tool use' },
            { value: 'reasoning', label: 'Reasoning' },
          ]}
        />
        <div class="narrow-sort">
          <Select
            label="Sort by"
            value={key}
            onChange={(by) => (sorting.value = { key: by as SortKey, isDescending: false })}
            options={[...COLUMNS.map(({ key, label }) => ({ value: key, label })), { value: 'state', label: 'State' }]}
          />
        </div>
      </search>
      <div class="quiet small model-count">
        <span role="status">
          {found.length === models.length ? `${models.length} models` : `${found.length} of ${models.length} models`}
        </span>
        {age}
      </div>
      {found.length === 0 ? (
        <EmptyState
          icon="search"
          title="No matching models"
          action={<Button onClick={() => (filter.value = NO_FILTER)}>Show all</Button>}
        />
      ) : (
        // Explicit roles: on narrow screens the table uses display: block, which drops the implicit ones.
        <table class="models" role="table" aria-label="Models">
          <thead role="rowgroup">
            <tr role="row">
              {COLUMNS.map(({ key, label }) => header(key, label))}
              <th role="columnheader" scope="col">
                Capabilities
              </th>
              {header('state', 'State')}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {found.slice(0, limit.value).map((model) => (
              <ModelRow key={model.id} model={model} onOpen={onOpen} onLoad={load} />
            ))}
          </tbody>
        </table>
      )}
      {found.length > limit.value && (
        <More
          remaining={found.length - limit.value}
          onVisible={() => (limit.value += STEP)}
          onAll={() => (limit.value = Infinity)}
        />
      )}
      {loading.value !== undefined && <LoadDialog model={loading.value} onClose={() => (loading.value = undefined)} />}
    </div>
  )
}

/** Loads more rows shortly before it becomes visible. */
function More({
  remaining,
  onVisible,
  onAll,
}: {
  readonly remaining: number
  readonly onVisible: () => void
  readonly onAll: () => void
}) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onVisible(), {
      rootMargin: '600px',
    })
    if (end.current) observer.observe(end.current)
    return () => observer.disconnect()
  }, [remaining])
  return (
    <div ref={end} class="row">
      <Button kind="quiet" onClick={onAll}>
        Show {remaining} more
      </Button>
    </div>
  )
}

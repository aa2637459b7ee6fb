import { useSignal } from '@preact/signals'
import { useCallback } from 'preact/hooks'
import { provider } from '../../state/connection.js'
import { isReading, models, modelsError, readAt, readModels } from '../../state/models.js'
import { cachedAt } from '../../state/model-cache.js'
import { ago } from '../../lib/format.js'
import { useNow } from '../../lib/use-now.js'
import { Button } from '../../ui/button.js'
import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { DownloadDialog } from './download-dialog.js'
import { Downloads } from './downloads.js'
import { ModelDrawer } from './model-drawer.js'
import { ModelTable } from './model-table.js'
import './models.css'

export function View() {
  const openedId = useSignal<string | undefined>(undefined)
  const open = useCallback((id: string) => (openedId.value = id), [])
  const isDownloadOpen = useSignal(false)
  const opened = models.value.find(({ id }) => id === openedId.value)
  return (
    <>
      <ViewHead
        title="Models"
        lead="Models on the server, on disk and in memory."
        actions={
          provider.value !== undefined && (
            <>
              <Button icon="refresh" busy={isReading.value} onClick={() => void readModels({ refresh: true })}>
                Refresh
              </Button>
              <Button icon="download" onClick={() => (isDownloadOpen.value = true)}>
                Download a model
              </Button>
            </>
          )
        }
      />
      <NeedsServer icon="models">
        <div class="stack">
          {modelsError.value !== undefined && (
            <ErrorNote
              error={modelsError.value}
              title="The models could not be listed."
              onRetry={() => void readModels({ refresh: true })}
            />
          )}
          <Downloads />
          <Listing onOpen={open} onDownload={() => (isDownloadOpen.value = true)} />
        </div>
        {opened !== undefined && <ModelDrawer model={opened} onClose={() => (openedId.value = undefined)} />}
        {isDownloadOpen.value && <DownloadDialog onClose={() => (isDownloadOpen.value = false)} />}
      </NeedsServer>
    </>
  )
}

function Listing({ onOpen, onDownload }: { readonly onOpen: (id: string) => void; readonly onDownload: () => void }) {
  if (models.value.length > 0) return <ModelTable models={models.value} age={<Freshness />} onOpen={onOpen} />
  if (readAt.value === undefined) return isReading.value ? <p class="quiet loading">Loading the list…</p> : null
  return (
    <EmptyState
      icon="models"
      title="No models yet"
      action={
        <Button kind="primary" icon="download" onClick={onDownload}>
          Download a model
        </Button>
      }
    >
      The server is running but has no models.
    </EmptyState>
  )
}

/** The age of the list. */
function Freshness() {
  const now = useNow(5_000)
  const at = cachedAt.value ?? readAt.value
  const isFromCache =
    cachedAt.value !== undefined && readAt.value !== undefined && +readAt.value - +cachedAt.value > 1_500
  return (
    <span>
      {at === undefined
        ? 'Not loaded yet.'
        : isFromCache
          ? `From the cache, updated ${ago(now - +at)}.`
          : `Updated ${ago(now - +at)}. Cached for 5 minutes.`}
    </span>
  )
}

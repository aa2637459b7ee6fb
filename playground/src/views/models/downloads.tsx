import { bytes, duration } from '../../lib/format.js'
import { downloadModel, downloads, removeDownload, type Download } from '../../state/model-operations.js'
import { Badge } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Progress } from '../../ui/progress.js'

export function Downloads() {
  if (downloads.value.length === 0) return null
  return (
    <Card title="Downloads">
      <ul class="downloads">
        {downloads.value.map((download) => (
          <li key={download.id}>
            <DownloadItem download={download} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Describes the progress, speed and time left, as far as the server reports them. */
function describeProgress({ progress }: Download): string {
  if (progress === undefined) return 'starting…'
  const { status, downloadedBytes, totalBytes, bytesPerSecond, etaMs } = progress
  if (status === 'paused') return 'paused: resume it in LM Studio'
  const parts = [
    downloadedBytes === undefined ? bytes(totalBytes) : `${bytes(downloadedBytes)} of ${bytes(totalBytes)}`,
    bytesPerSecond === undefined ? '' : `${bytes(bytesPerSecond)}/s`,
    etaMs === undefined ? '' : `${duration(etaMs)} left`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function DownloadItem({ download }: { readonly download: Download }) {
  const { id, model, quantization, state, progress, error, detach } = download
  const name = quantization === undefined ? model : `${model} (${quantization})`
  const dismissButton = (
    <Button small kind="quiet" onClick={() => removeDownload(id)}>
      Dismiss
    </Button>
  )
  if (state === 'failed') {
    return (
      <>
        <ErrorNote
          error={error}
          title={`Could not download ${name}.`}
          onRetry={() => {
            removeDownload(id)
            void downloadModel(model, quantization)
          }}
        />
        {dismissButton}
      </>
    )
  }
  if (state !== 'running') {
    return (
      <div class="row">
        <Badge tone={state === 'done' ? 'ok' : 'quiet'}>
          {state === 'done' ? 'downloaded' : 'continues in LM Studio'}
        </Badge>
        <span class="download-name">{name}</span>
        {dismissButton}
      </div>
    )
  }
  const { downloadedBytes, totalBytes } = progress ?? {}
  const fraction = downloadedBytes === undefined || totalBytes === undefined ? undefined : downloadedBytes / totalBytes
  return (
    <>
      <Progress label={name} value={fraction} note={describeProgress(download)} />
      <Button small kind="quiet" title="LM Studio continues the download" onClick={detach}>
        Stop watching
      </Button>
    </>
  )
}

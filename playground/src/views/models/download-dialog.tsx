import { useSignal } from '@preact/signals'
import { downloadModel } from '../../state/model-operations.js'
import { Button } from '../../ui/button.js'
import { Dialog } from '../../ui/dialog.js'
import { TextField } from '../../ui/field.js'

/** The dialog for downloading a model. */
export function DownloadDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useSignal('')
  const quantization = useSignal('')
  const isLink = model.value.trim().startsWith('https://')
  const start = (event: Event): void => {
    event.preventDefault()
    if (model.value.trim() === '') return
    onClose()
    void downloadModel(model.value.trim(), isLink ? quantization.value.trim() || undefined : undefined)
  }
  return (
    <Dialog title="Download a model" onClose={onClose}>
      <form class="stack" onSubmit={start}>
        <TextField
          label="Model"
          hint={
            <>
              A model name from the LM Studio catalog, for example <code>qwen/qwen3-4b</code>, or a{' '}
              <code>https://huggingface.co/…</code> link.
            </>
          }
          autofocus
          value={model.value}
          onInput={(value) => (model.value = value)}
        />
        <TextField
          label="Quantization"
          hint="Only for Hugging Face links, for example Q4_K_M."
          disabled={!isLink}
          value={quantization.value}
          onInput={(value) => (quantization.value = value)}
        />
        <p class="quiet small">LM Studio downloads the model. The download continues if you close this page.</p>
        <div class="row dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" icon="download" type="submit" disabled={model.value.trim() === ''}>
            Download
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

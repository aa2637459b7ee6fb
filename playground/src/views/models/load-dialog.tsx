import { useSignal } from '@preact/signals'
import type { LoadConfig, ModelInfo } from 'lmstudio-provider'
import { count } from '../../lib/format.js'
import { nameOf } from '../../lib/model-list.js'
import { loadModel, unloadModel } from '../../state/model-operations.js'
import { Button } from '../../ui/button.js'
import { Dialog } from '../../ui/dialog.js'
import { Checkbox, Select, TextField } from '../../ui/field.js'
import { SliderField } from '../../ui/slider-field.js'

const ON_OFF = [
  { value: '', label: 'Server default' },
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const

const LLAMA_ONLY = 'llama.cpp models only.'

const toNumber = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text))
const toBoolean = (text: string): boolean | undefined => (text === '' ? undefined : text === 'on')

interface LoadDialogProps {
  readonly model: ModelInfo
  readonly onClose: () => void
  /** In tokens; the server's default if it is absent. */
  readonly initialContextLength?: number
  /** The id of an instance that is unloaded first. */
  readonly replacedInstance?: string | undefined
}

/** The dialog with load options. */
export function LoadDialog({ model, onClose, initialContextLength, replacedInstance }: LoadDialogProps) {
  const contextLength = useSignal(initialContextLength)
  const batch = useSignal('')
  const experts = useSignal('')
  const flash = useSignal('')
  const offload = useSignal('')
  const forceNew = useSignal(false)
  const max = model.maxContextLength ?? 131_072
  const load = async (event: Event): Promise<void> => {
    event.preventDefault()
    const config: LoadConfig = {
      contextLength: contextLength.value,
      evalBatchSize: toNumber(batch.value),
      numExperts: toNumber(experts.value),
      flashAttention: toBoolean(flash.value),
      offloadKVCacheToGPU: toBoolean(offload.value),
      forceNew: forceNew.value,
    }
    onClose()
    if (replacedInstance !== undefined) await unloadModel(model.id, replacedInstance)
    await loadModel(model.id, config)
  }
  return (
    <Dialog title={`Load ${nameOf(model)}`} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void load(event)}>
        {replacedInstance !== undefined && (
          <p>
            The loaded instance <code>{replacedInstance}</code> is unloaded first.
          </p>
        )}
        <p class="quiet small">
          Empty fields use LM Studio’s settings for this model. Loading takes seconds to minutes.
        </p>
        <SliderField
          label="Context length"
          hint={`In tokens, at most ${count(model.maxContextLength)}. A longer context needs more memory.`}
          min={Math.min(512, max)}
          max={max}
          step={1}
          initial={Math.min(8192, max)}
          value={contextLength.value}
          onChange={(value) => (contextLength.value = value)}
        />
        <div class="two">
          <Select
            label="Flash attention"
            hint={`Faster and uses less memory. ${LLAMA_ONLY}`}
            value={flash.value}
            options={ON_OFF}
            onChange={(value) => (flash.value = value)}
          />
          <Select
            label="KV cache on the GPU"
            hint={`Faster but uses GPU memory. ${LLAMA_ONLY}`}
            value={offload.value}
            options={ON_OFF}
            onChange={(value) => (offload.value = value)}
          />
          <TextField
            label="Evaluation batch size"
            hint={`Prompt tokens processed at once. ${LLAMA_ONLY}`}
            type="number"
            min={1}
            placeholder="default"
            value={batch.value}
            onInput={(value) => (batch.value = value)}
          />
          <TextField
            label="Number of experts"
            hint={`For mixture-of-experts models. ${LLAMA_ONLY}`}
            type="number"
            min={1}
            placeholder="default"
            value={experts.value}
            onInput={(value) => (experts.value = value)}
          />
        </div>
        <Checkbox
          label="Load another instance"
          hint="Even if a matching instance is already loaded."
          checked={forceNew.value}
          onChange={(checked) => (forceNew.value = checked)}
        />
        <div class="row dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" icon="play" type="submit">
            Load
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

import { useSignal } from '@preact/signals'
import type { LoadConfig, ModelInfo } from 'lmstudio-provider'
import { count } from '../../lib/format.js'
import { nameOf } from '../../lib/model-list.js'
import { loadModel } from '../../state/model-operations.js'
import { Button } from '../../ui/button.js'
import { Dialog } from '../../ui/dialog.js'
import { Checkbox, Select, TextField } from '../../ui/field.js'
import { SliderField } from '../../ui/slider-field.js'

const ON_OFF = [
  { value: '', label: 'Left to the server' },
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const

const LLAMA = 'For llama.cpp models.'

const number = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text))
const onOff = (text: string): boolean | undefined => (text === '' ? undefined : text === 'on')

/** How the model is to be loaded. */
export function LoadDialog({ model, onClose }: { readonly model: ModelInfo; readonly onClose: () => void }) {
  const contextLength = useSignal<number | undefined>(undefined)
  const batch = useSignal('')
  const experts = useSignal('')
  const flash = useSignal('')
  const offload = useSignal('')
  const fresh = useSignal(false)
  const max = model.maxContextLength ?? 131_072
  const load = (): void => {
    const config: LoadConfig = {
      contextLength: contextLength.value,
      evalBatchSize: number(batch.value),
      numExperts: number(experts.value),
      flashAttention: onOff(flash.value),
      offloadKVCacheToGPU: onOff(offload.value),
      forceNew: fresh.value,
    }
    onClose()
    void loadModel(model.id, config)
  }
  return (
    <Dialog
      title={`Load ${nameOf(model)}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" icon="play" onClick={load}>
            Load
          </Button>
        </>
      }
    >
      <p class="quiet small">
        What is left empty, LM Studio decides by its own settings for this model. It takes from seconds to minutes.
      </p>
      <SliderField
        label="Context length"
        hint={`Tokens of conversation it can see at once, at most ${count(model.maxContextLength)}. More needs more memory.`}
        min={Math.min(512, max)}
        max={max}
        step={1}
        rest={Math.min(8192, max)}
        value={contextLength.value}
        onChange={(value) => (contextLength.value = value)}
      />
      <div class="two">
        <Select
          label="Flash attention"
          hint={`Faster, and needs less memory. ${LLAMA}`}
          value={flash.value}
          options={ON_OFF}
          onChange={(value) => (flash.value = value)}
        />
        <Select
          label="KV cache on the GPU"
          hint={`Faster, and needs memory of the GPU. ${LLAMA}`}
          value={offload.value}
          options={ON_OFF}
          onChange={(value) => (offload.value = value)}
        />
        <TextField
          label="Evaluation batch"
          hint={`Tokens of the prompt at once. ${LLAMA}`}
          type="number"
          min={1}
          placeholder="server"
          value={batch.value}
          onInput={(value) => (batch.value = value)}
        />
        <TextField
          label="Experts in use"
          hint={`For models of the mixture kind. ${LLAMA}`}
          type="number"
          min={1}
          placeholder="server"
          value={experts.value}
          onInput={(value) => (experts.value = value)}
        />
      </div>
      <Checkbox
        label="Load another copy"
        hint="Even where one that would do is loaded."
        checked={fresh.value}
        onChange={(checked) => (fresh.value = checked)}
      />
    </Dialog>
  )
}

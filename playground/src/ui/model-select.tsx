import type { ModelInfo } from 'lmstudio-provider'
import { nameOf } from '../lib/model-list.js'
import { Select } from './field.js'

interface ModelSelectProps {
  readonly models: readonly ModelInfo[]
  readonly value: string | undefined
  readonly onChange: (id: string) => void
  readonly disabled?: boolean
}

/** One of the models, with what is not loaded marked as such. */
export function ModelSelect({ models, value, onChange, disabled = false }: ModelSelectProps) {
  return (
    <Select
      label="Model"
      value={value ?? ''}
      disabled={disabled || models.length === 0}
      onChange={onChange}
      options={
        models.length === 0
          ? [{ value: '', label: 'No model of this kind' }]
          : models.map((model) => ({
              value: model.id,
              label: `${nameOf(model)}${model.state === 'not-loaded' ? ' · not loaded' : ''}`,
            }))
      }
    />
  )
}

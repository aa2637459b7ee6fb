import type { ModelInfo } from 'lmstudio-provider'
import { nameOf } from '../lib/model-list.js'
import { describeError } from '../state/connection.js'
import { isReading, modelsError } from '../state/models.js'
import { Select } from './field.js'

interface ModelSelectProps {
  readonly models: readonly ModelInfo[]
  readonly value: string | undefined
  readonly onChange: (id: string) => void
  readonly disabled?: boolean
}

/** A select for models. Marks those that are not loaded. */
export function ModelSelect({ models, value, onChange, disabled = false }: ModelSelectProps) {
  return (
    <Select
      label="Model"
      value={value ?? ''}
      disabled={disabled || models.length === 0}
      onChange={onChange}
      error={
        models.length === 0 && modelsError.value !== undefined ? describeError(modelsError.value).message : undefined
      }
      options={
        models.length === 0
          ? [{ value: '', label: isReading.value ? 'Loading models…' : 'No matching model' }]
          : models.map((model) => ({
              value: model.id,
              label: `${nameOf(model)}${model.state === 'not-loaded' ? ' · not loaded' : ''}`,
            }))
      }
    />
  )
}

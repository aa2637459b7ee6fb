import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { presets, removePreset, savePreset } from '../../chat/presets.js'
import { conversation, updateSettings } from '../../chat/session.js'
import { announce } from '../../ui/toast.js'
import { Button } from '../../ui/button.js'
import { Select, TextField } from '../../ui/field.js'

/** How often a preset has been applied. */
export const appliedPresets = signal(0)

/** Applies, saves and deletes named presets of the system prompt and the parameters. */
export function PresetField() {
  const [name, setName] = useState<string>()
  const { system, parameters } = conversation.value
  const settings = JSON.stringify([system, parameters])
  const current = presets.value.find((preset) => JSON.stringify([preset.system, preset.parameters]) === settings)
  const apply = (picked: string): void => {
    const preset = presets.value.find((one) => one.name === picked)
    if (preset === undefined) return
    updateSettings({ system: preset.system, parameters: preset.parameters })
    appliedPresets.value++
  }
  const save = (): void => {
    const trimmed = name?.trim() ?? ''
    if (trimmed === '') return
    void savePreset({ name: trimmed, system, parameters })
    setName(undefined)
    announce(`Saved the preset “${trimmed}”.`)
  }
  if (name !== undefined) {
    return (
      <form class="saved-preset" onSubmit={(event) => (event.preventDefault(), save())}>
        <TextField
          label="Name of the preset"
          hint="Saves the system prompt and the parameters in this browser."
          autofocus
          value={name}
          onInput={setName}
        />
        <div class="row">
          <Button small kind="primary" type="submit" disabled={name.trim() === ''}>
            Save
          </Button>
          <Button small onClick={() => setName(undefined)}>
            Cancel
          </Button>
        </div>
      </form>
    )
  }
  return (
    <div class="saved-preset">
      <Select
        label="Preset"
        value={current?.name ?? ''}
        disabled={presets.value.length === 0}
        options={[
          { value: '', label: presets.value.length === 0 ? 'No saved presets' : 'Choose a preset' },
          ...presets.value.map((preset) => ({ value: preset.name, label: preset.name })),
        ]}
        onChange={apply}
      />
      <div class="row">
        <Button small onClick={() => setName('')}>
          Save as preset
        </Button>
        {current !== undefined && (
          <Button small kind="quiet" onClick={() => void removePreset(current.name)}>
            Delete preset
          </Button>
        )}
      </div>
    </div>
  )
}

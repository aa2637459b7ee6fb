import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { readObject } from '../../chat/request.js'
import { chosenModel, updateSettings, conversation } from '../../chat/session.js'
import type { Parameters } from '../../chat/types.js'
import { chatModels } from '../../state/models.js'
import { Button } from '../../ui/button.js'
import { Checkbox, Select, TextArea } from '../../ui/field.js'
import { SliderField } from '../../ui/slider-field.js'
import { NumberField } from './number-field.js'
import { SLIDERS } from './parameters.js'
import { appliedPresets, PresetField } from './preset-field.js'

/** Sets a parameter, or removes it. */
function set<Name extends keyof Parameters>(name: Name, value: Parameters[Name] | undefined): void {
  const { [name]: _, ...rest } = conversation.peek().parameters
  updateSettings({ parameters: value === undefined ? rest : { ...rest, [name]: value } })
}

export function Settings() {
  const { system, parameters, isNative } = conversation.value
  const isSet = Object.keys(parameters).length > 0
  return (
    <>
      <PresetField />
      <TextArea
        label="System prompt"
        hint="Instructions for the model, used for the whole chat."
        dir="auto"
        value={system}
        onInput={(system) => updateSettings({ system })}
      />
      <Checkbox
        label="Store the chat in LM Studio"
        hint="Uses LM Studio’s native route, which reports the progress of model loading and prompt processing, and needs only new messages. Requires LM Studio 0.4."
        checked={isNative}
        onChange={(isNative) => updateSettings({ isNative })}
      />
      <div class="card-head">
        <h3>Parameters</h3>
        <Button small kind="quiet" disabled={!isSet} onClick={() => updateSettings({ parameters: {} })}>
          Reset all
        </Button>
      </div>
      <p class="quiet small">Unset values use the model’s preset.</p>
      {/* The fields keep what is typed, so a preset replaces them. */}
      <Fragment key={appliedPresets.value}>
        <Sliders isNative />
        <NumberField
          label="Max tokens"
          hint="Maximum length of the response, at least 1. Unset: limited only by the context length."
          min={1}
          value={parameters.maxTokens}
          onChange={(value) => set('maxTokens', value)}
        />
        <ReasoningEffort />
        {isNative && (
          <NumberField
            label="Context length"
            hint="Context length in tokens, at least 1, if this chat loads the model."
            min={1}
            value={parameters.contextLength}
            onChange={(value) => set('contextLength', value)}
          />
        )}
        <fieldset class="settings-group" disabled={isNative}>
          <legend>{isNative ? 'Not supported by the native route' : 'More'}</legend>
          <Sliders isNative={false} />
          <NumberField
            label="Seed"
            hint="An integer. The same seed and settings produce the same response if the engine supports it."
            value={parameters.seed}
            onChange={(value) => set('seed', value)}
          />
          <TextArea
            label="Stop sequences"
            hint="Texts that end the response, one per line."
            rows={2}
            value={stopLines(parameters.stop)}
            onInput={(text) => set('stop', text === '' ? undefined : text.split('\n'))}
          />
          <LogitBias />
          <Select
            label="Draft model"
            hint="A small model for speculative decoding."
            value={parameters.draftModel ?? ''}
            options={[
              { value: '', label: 'None' },
              ...chatModels.value.map(({ id, displayName }) => ({ value: id, label: displayName ?? id })),
            ]}
            onChange={(value) => set('draftModel', value || undefined)}
          />
          <NumberField
            label="Idle TTL"
            hint="Idle time in seconds, at least 1, before a model loaded by this chat is unloaded."
            min={1}
            value={parameters.ttlSeconds}
            onChange={(value) => set('ttlSeconds', value)}
          />
          <ExtraBody />
        </fieldset>
      </Fragment>
    </>
  )
}

function Sliders({ isNative }: { readonly isNative: boolean }) {
  const { parameters } = conversation.value
  return (
    <>
      {SLIDERS.filter((slider) => slider.isNative === isNative).map((slider) => (
        <SliderField
          key={slider.name}
          {...slider}
          value={parameters[slider.name]}
          onChange={(value) => set(slider.name, value)}
        />
      ))}
    </>
  )
}

function ReasoningEffort() {
  const { parameters, isNative } = conversation.value
  const supported = chosenModel.value?.capabilities.reasoning?.options
  const values = isNative ? (supported ?? ['off', 'low', 'medium', 'high', 'on']) : ['none', 'low', 'medium', 'high']
  const current = parameters.reasoningEffort
  const all = current === undefined || values.includes(current) ? values : [...values, current]
  return (
    <Select
      label="Reasoning"
      hint="How long a model reasons before it responds."
      value={current ?? ''}
      options={[{ value: '', label: 'Model default' }, ...all.map((value) => ({ value, label: value }))]}
      onChange={(value) => set('reasoningEffort', value || undefined)}
    />
  )
}

const stopLines = (stop: Parameters['stop']): string => (typeof stop === 'string' ? stop : (stop ?? []).join('\n'))

function LogitBias() {
  const { logitBias = {} } = conversation.value.parameters
  const [text, setText] = useState(() =>
    Object.entries(logitBias)
      .map((pair) => pair.join(' '))
      .join('\n'),
  )
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => /^\s*(\d+)[\s:=]+(-?\d+(?:\.\d+)?)\s*$/.exec(line))
  const isInvalid = pairs.some((pair) => pair === null || Math.abs(Number(pair[2])) > 100)
  return (
    <TextArea
      label="Logit bias"
      hint="A token ID and a bias from −100 to 100 on each line: 15043 -100"
      error={isInvalid ? 'Each line must be a token ID and a bias from -100 to 100: 15043 -100' : undefined}
      rows={2}
      value={text}
      onInput={(text) => {
        setText(text)
        const found = [...text.matchAll(/^\s*(\d+)[\s:=]+(-?\d+(?:\.\d+)?)\s*$/gm)]
        const entries = found.map(([, token, bias]) => [token!, Number(bias)] as const)
        const valid = entries.filter(([, bias]) => Math.abs(bias) <= 100)
        set('logitBias', valid.length === 0 ? undefined : Object.fromEntries(valid))
      }}
    />
  )
}

function ExtraBody() {
  const { extraBody = '' } = conversation.value.parameters
  return (
    <TextArea
      label="Extra fields"
      hint="A JSON object that is merged into the request body, for fields this page does not know."
      error={problemOf(extraBody)}
      rows={2}
      spellcheck={false}
      value={extraBody}
      onInput={(text) => set('extraBody', text === '' ? undefined : text)}
    />
  )
}

function problemOf(json: string): string | undefined {
  try {
    if (json.trim() !== '') readObject(json)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

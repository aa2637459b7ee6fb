import { useState } from 'preact/hooks'
import { readObject } from '../../chat/request.js'
import { adjust, conversation, exportChats } from '../../chat/session.js'
import type { Parameters } from '../../chat/types.js'
import { chatModel, chatModels } from '../../state/models.js'
import { Button } from '../../ui/button.js'
import { Checkbox, Select, TextArea, TextField } from '../../ui/field.js'
import { SliderField } from '../../ui/slider-field.js'
import { NumberField } from './number-field.js'
import { SLIDERS } from './parameters.js'
import { saveFile } from './save-file.js'

/** Sets a parameter, or leaves it to the server. */
function set<Name extends keyof Parameters>(name: Name, value: Parameters[Name] | undefined): void {
  const { [name]: _, ...rest } = conversation.peek().parameters
  adjust({ parameters: value === undefined ? rest : { ...rest, [name]: value } })
}

export function Settings() {
  const { title, system, parameters, isNative } = conversation.value
  const isSet = Object.keys(parameters).length > 0
  return (
    <>
      <TextField label="Title" value={title} onInput={(title) => adjust({ title })} />
      <TextArea
        label="System prompt"
        hint="Sets how the model behaves for the whole conversation. Empty: none is sent."
        value={system}
        onInput={(system) => adjust({ system })}
      />
      <Checkbox
        label="LM Studio keeps the conversation"
        hint="Uses its native route, which shows how far a model is loaded and the prompt is read, and sends only what is new. Needs LM Studio 0.4."
        checked={isNative}
        onChange={(isNative) => adjust({ isNative })}
      />
      <div class="card-head">
        <h3>Parameters</h3>
        <Button small kind="quiet" disabled={!isSet} onClick={() => adjust({ parameters: {} })}>
          Leave all to the server
        </Button>
      </div>
      <p class="quiet small">What is not set is not sent: then the preset of the model counts.</p>
      <Sliders isNative />
      <NumberField
        label="Longest answer"
        hint="Tokens, at least 1. Unset: as long as the context allows."
        min={1}
        value={parameters.maxTokens}
        onChange={(value) => set('maxTokens', value)}
      />
      <ReasoningEffort />
      {isNative && (
        <NumberField
          label="Context length"
          hint="Tokens of context for a model that this loads, at least 1."
          min={1}
          value={parameters.contextLength}
          onChange={(value) => set('contextLength', value)}
        />
      )}
      <fieldset class="settings-group" disabled={isNative}>
        <legend>{isNative ? 'Not on the native route' : 'More'}</legend>
        <Sliders isNative={false} />
        <NumberField
          label="Seed"
          hint="A whole number: the same seed and settings give the same answer, as far as the engine allows."
          value={parameters.seed}
          onChange={(value) => set('seed', value)}
        />
        <TextArea
          label="Stop at"
          hint="Texts at which the answer ends, one per line."
          rows={2}
          value={stopLines(parameters.stop)}
          onInput={(text) => set('stop', text === '' ? undefined : text.split('\n'))}
        />
        <LogitBias />
        <Select
          label="Draft model"
          hint="A small model that guesses ahead (speculative decoding)."
          value={parameters.draftModel ?? ''}
          options={[
            { value: '', label: 'None' },
            ...chatModels.value.map(({ id, displayName }) => ({ value: id, label: displayName ?? id })),
          ]}
          onChange={(value) => set('draftModel', value || undefined)}
        />
        <NumberField
          label="Unload after"
          hint="Seconds of idleness after which a model that this loads is unloaded, at least 1."
          min={1}
          value={parameters.ttlSeconds}
          onChange={(value) => set('ttlSeconds', value)}
        />
        <ExtraBody />
      </fieldset>
      <Button
        icon="download"
        disabled={Object.keys(conversation.value.nodes).length === 0}
        onClick={() => void exportChats(conversation.peek()).then((text) => saveFile(text, 'conversation.json'))}
      >
        Export this conversation
      </Button>
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
  const offered = chatModel.value?.capabilities.reasoning?.options
  const values = isNative ? (offered ?? ['off', 'low', 'medium', 'high', 'on']) : ['none', 'low', 'medium', 'high']
  const now = parameters.reasoningEffort
  const all = now === undefined || values.includes(now) ? values : [...values, now]
  return (
    <Select
      label="Reasoning"
      hint="How much a model that can think does so before it answers."
      value={now ?? ''}
      options={[{ value: '', label: 'Left to the model' }, ...all.map((value) => ({ value, label: value }))]}
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
  const isWrong = pairs.some((pair) => pair === null || Math.abs(Number(pair[2])) > 100)
  return (
    <TextArea
      label="Token bias"
      hint="A token’s number and how much more or less likely it gets, −100 to 100, one per line: 15043 -100"
      error={isWrong ? 'Write a token’s number and a bias from -100 to 100 on each line: 15043 -100' : undefined}
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
      hint="A JSON object whose fields are added to the request as they are, for what a newer server knows."
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

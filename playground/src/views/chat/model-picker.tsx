import type { ModelInfo } from 'lmstudio-provider'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { bytes, count } from '../../lib/format.js'
import { CAPABILITIES, filterModels, has, nameOf, NO_FILTER, sortModels } from '../../lib/model-list.js'
import { chatModels } from '../../state/models.js'
import { Badge } from '../../ui/badge.js'
import { Dialog } from '../../ui/dialog.js'

interface ModelPickerProps {
  readonly title: string
  readonly hint?: string
  readonly current?: string | undefined
  /** The id of a model that cannot be picked. */
  readonly excluded?: string | undefined
  readonly onPick: (id: string) => void
  readonly onClose: () => void
}

const CAPABILITY_LABELS = { vision: 'Vision', toolUse: 'Tools', reasoning: 'Reasoning' } as const

/** A list of models with a search field, loaded models first. */
export function ModelPicker({ title, hint, current, excluded, onPick, onClose }: ModelPickerProps) {
  const [text, setText] = useState('')
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const candidates = chatModels.value.filter((model) => model.id !== excluded)
  const shown = sortModels(filterModels(candidates, { ...NO_FILTER, text }), { key: 'state', isDescending: false })
  const [active, setActive] = useState(
    Math.max(
      0,
      shown.findIndex((model) => model.id === current),
    ),
  )
  useEffect(() => input.current?.focus(), [])
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [active])

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && shown.length > 0) {
      event.preventDefault()
      setActive((active + step + shown.length) % shown.length)
    } else if (event.key === 'Enter' && shown[active] !== undefined) {
      event.preventDefault()
      onPick(shown[active].id)
    }
  }
  // Preact's types want a `list` for this role.
  const combobox: object = {
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-controls': id,
    'aria-activedescendant': shown.length === 0 ? undefined : `${id}-${active}`,
  }
  return (
    <Dialog title={title} onClose={onClose}>
      {hint !== undefined && <p class="quiet small">{hint}</p>}
      <input
        ref={input}
        class="input"
        type="text"
        aria-label="Search models"
        {...combobox}
        autocomplete="off"
        spellcheck={false}
        placeholder="Search by name, publisher or quantization"
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      {shown.length === 0 && <p class="quiet">No models match.</p>}
      <ul ref={list} id={id} class="model-options" role="listbox" aria-label="Models">
        {shown.map((model, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the search field handles the keys
          <li
            key={model.id}
            id={`${id}-${index}`}
            class="model-option"
            role="option"
            aria-selected={index === active}
            onClick={() => onPick(model.id)}
          >
            <Option model={model} isCurrent={model.id === current} />
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function Option({ model, isCurrent }: { readonly model: ModelInfo; readonly isCurrent: boolean }) {
  const { id, state, contextLength, maxContextLength, quantization, sizeBytes } = model
  const facts = [
    nameOf(model) === id ? undefined : id,
    quantization,
    sizeBytes === undefined ? undefined : bytes(sizeBytes),
    contextLength === undefined
      ? maxContextLength !== undefined && `up to ${count(maxContextLength)} tokens of context`
      : `${count(contextLength)} tokens of context`,
  ].filter(Boolean)
  return (
    <>
      <span class="model-option-name">
        {nameOf(model)}
        {isCurrent && <span class="quiet"> (current)</span>}
      </span>
      <span class="row">
        {state === 'loaded' && (
          <Badge tone="ok" dot>
            Loaded
          </Badge>
        )}
        {CAPABILITIES.filter((capability) => has(model, capability)).map((capability) => (
          <Badge key={capability}>{CAPABILITY_LABELS[capability]}</Badge>
        ))}
      </span>
      <span class="quiet small">{facts.join(' · ')}</span>
    </>
  )
}

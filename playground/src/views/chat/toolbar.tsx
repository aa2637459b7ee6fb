import { useState } from 'preact/hooks'
import {
  chooseModel,
  chosenModel,
  comparedModel,
  conversation,
  newConversation,
  updateSettings,
} from '../../chat/session.js'
import { nameOf } from '../../lib/model-list.js'
import { IconButton } from '../../ui/button.js'
import { Icon } from '../../ui/icon.js'
import { ContextGauge } from './context-gauge.js'
import { focusComposer } from './keys.js'
import { ModelPicker } from './model-picker.js'

interface ToolbarProps {
  readonly onList: () => void
  readonly onSettings: () => void
  readonly isSettingsOpen: boolean
  readonly isPickerOpen: boolean
  readonly onPicker: (isOpen: boolean) => void
}

/** The title of the chat and the model. */
export function Toolbar({ onList, onSettings, isSettingsOpen, isPickerOpen, onPicker }: ToolbarProps) {
  const { title, parameters, system, isNative } = conversation.value
  const isSet = isNative || system.trim() !== '' || Object.keys(parameters).length > 0
  const model = chosenModel.value
  const other = comparedModel.value
  const [isComparing, setComparing] = useState(false)
  const startNew = (): void => {
    newConversation()
    focusComposer()
  }
  return (
    <div class="chat-bar">
      <span class="chat-bar-list">
        <IconButton icon="list" label="Chats" onClick={onList} />
        <IconButton icon="plus" label="New chat" onClick={startNew} />
      </span>
      <h1 title={title} dir="auto">
        {title}
      </h1>
      <ContextGauge />
      {model !== undefined && (
        <button
          type="button"
          class="model-button"
          aria-haspopup="dialog"
          aria-label={`Model: ${nameOf(model)}`}
          title="Choose a model (Ctrl+K)"
          onClick={() => onPicker(true)}
        >
          <span class="model-button-name">{nameOf(model)}</span>
          <Icon name="down" />
        </button>
      )}
      {model !== undefined && other === undefined && (
        <IconButton icon="compare" label="Compare with another model" onClick={() => setComparing(true)} />
      )}
      {other !== undefined && (
        <span class="compared">
          <span class="quiet small">and</span>
          <span class="compared-name">{nameOf(other)}</span>
          <IconButton
            icon="close"
            label={`Stop comparing with ${nameOf(other)}`}
            onClick={() => updateSettings({ comparedModel: undefined })}
          />
        </span>
      )}
      <span class={`chat-settings${isSet ? ' chat-settings-set' : ''}`}>
        <IconButton
          icon="sliders"
          label={isSet ? 'Chat settings (changed)' : 'Chat settings'}
          aria-expanded={isSettingsOpen}
          onClick={onSettings}
        />
      </span>
      {isPickerOpen && (
        <ModelPicker
          title="Choose a model"
          current={model?.id}
          onPick={(id) => {
            chooseModel(id)
            onPicker(false)
          }}
          onClose={() => onPicker(false)}
        />
      )}
      {isComparing && (
        <ModelPicker
          title="Compare with another model"
          hint="Both models respond to each message. Models that are not loaded take longer."
          excluded={model?.id}
          onPick={(id) => {
            updateSettings({ comparedModel: id })
            setComparing(false)
          }}
          onClose={() => setComparing(false)}
        />
      )}
    </div>
  )
}

import { conversation } from '../../chat/session.js'
import { chatModel, chatModels, pickedModel } from '../../state/models.js'
import { IconButton } from '../../ui/button.js'

interface ToolbarProps {
  readonly onList: () => void
  readonly onSettings: () => void
}

/** The title of the chat and the model. */
export function Toolbar({ onList, onSettings }: ToolbarProps) {
  const { title, parameters, system, isNative } = conversation.value
  const isSet = isNative || system.trim() !== '' || Object.keys(parameters).length > 0
  return (
    <div class="chat-bar">
      <span class="chat-bar-list">
        <IconButton icon="list" label="Chats" onClick={onList} />
      </span>
      <h1 title={title}>{title}</h1>
      <ModelPicker />
      <span class={`chat-settings${isSet ? ' chat-settings-set' : ''}`}>
        <IconButton icon="sliders" label={isSet ? 'Chat settings (changed)' : 'Chat settings'} onClick={onSettings} />
      </span>
    </div>
  )
}

function ModelPicker() {
  const all = chatModels.value
  const picked = chatModel.value
  if (picked === undefined) return null
  return (
    <select
      class="input chat-model"
      aria-label="Model"
      value={picked.id}
      onChange={({ currentTarget }) => (pickedModel.value = currentTarget.value)}
    >
      {all.map(({ id, displayName, state }) => (
        <option key={id} value={id}>
          {displayName ?? id}
          {state === 'not-loaded' ? ' · not loaded' : ''}
        </option>
      ))}
    </select>
  )
}

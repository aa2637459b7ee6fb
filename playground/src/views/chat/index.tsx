import { useEffect, useState } from 'preact/hooks'
import { announcement, conversation, startChats } from '../../chat/session.js'
import { Drawer } from '../../ui/dialog.js'
import { Composer } from './composer.js'
import { ConversationList } from './conversation-list.js'
import { editLast } from './editing.js'
import { focusComposer } from './keys.js'
import { ServerBanner } from './server-banner.js'
import { Settings } from './settings.js'
import { ShortcutList, useShortcuts } from './shortcuts.js'
import { Thread } from './thread.js'
import { Toolbar } from './toolbar.js'
import { useMediaQuery } from './use-media-query.js'
import './chat.css'
import './markdown.css'

type Overlay = 'settings' | 'list' | 'models' | 'shortcuts'

export function View() {
  const [overlay, setOverlay] = useState<Overlay>()
  const [hasPanel, setPanel] = useState(true)
  const isWide = useMediaQuery('(width >= 1200px)')
  useEffect(() => void startChats(), [])
  useShortcuts({ onModel: () => setOverlay('models'), onHelp: () => setOverlay('shortcuts') })
  const close = (): void => setOverlay(undefined)
  const closeList = (): void => {
    close()
    // The dialog restores the focus to its button first.
    requestAnimationFrame(focusComposer)
  }
  useEffect(() => {
    // The panel takes over from the drawer, which would otherwise cover the chat when the window is narrow again.
    if (isWide && overlay === 'settings') close()
  }, [isWide, overlay])
  const isPanelShown = isWide && hasPanel
  return (
    <div class={`chat${isPanelShown ? ' chat-with-panel' : ''}`}>
      <aside class="chat-side" aria-label="Chats">
        <ConversationList onPick={focusComposer} />
      </aside>
      <div class="chat-main">
        <Toolbar
          isSettingsOpen={isPanelShown || overlay === 'settings'}
          isPickerOpen={overlay === 'models'}
          onPicker={(isOpen) => setOverlay(isOpen ? 'models' : undefined)}
          onList={() => setOverlay('list')}
          onSettings={() => (isWide ? setPanel(!hasPanel) : setOverlay('settings'))}
        />
        <Thread key={conversation.value.id} />
        <ServerBanner />
        <Composer key={`composer ${conversation.value.id}`} onEditLast={editLast} />
      </div>
      {isPanelShown && (
        <aside class="chat-panel" aria-label="Chat settings">
          <h2>Chat settings</h2>
          <Settings key={conversation.value.id} />
        </aside>
      )}
      {overlay === 'settings' && (
        <Drawer title="Chat settings" onClose={close}>
          <Settings />
        </Drawer>
      )}
      {overlay === 'list' && (
        <Drawer title="Chats" side="left" onClose={close}>
          <ConversationList onPick={closeList} />
        </Drawer>
      )}
      {overlay === 'shortcuts' && <ShortcutList onClose={close} />}
      <div class="hidden" role="status" aria-live="polite" aria-label="Response status">
        {announcement.value}
      </div>
    </div>
  )
}

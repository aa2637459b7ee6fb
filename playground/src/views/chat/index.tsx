import { useEffect, useState } from 'preact/hooks'
import { announcement, conversation, startChats } from '../../chat/session.js'
import { NeedsServer } from '../../ui/empty-state.js'
import { Drawer } from '../../ui/dialog.js'
import { Composer } from './composer.js'
import { ConversationList } from './conversation-list.js'
import { Settings } from './settings.js'
import { Thread } from './thread.js'
import { Toolbar } from './toolbar.js'
import './chat.css'
import './markdown.css'

export function View() {
  const [drawer, setDrawer] = useState<'settings' | 'list'>()
  useEffect(() => void startChats(), [])
  const close = (): void => setDrawer(undefined)
  return (
    <div class="chat">
      <aside class="chat-side" aria-label="Chats">
        <ConversationList />
      </aside>
      <div class="chat-main">
        <Toolbar onList={() => setDrawer('list')} onSettings={() => setDrawer('settings')} />
        <Thread key={conversation.value.id} />
        <NeedsServer icon="chat">
          <Composer key={conversation.value.id} />
        </NeedsServer>
      </div>
      {drawer === 'settings' && (
        <Drawer title="Chat settings" onClose={close}>
          <Settings />
        </Drawer>
      )}
      {drawer === 'list' && (
        <Drawer title="Chats" onClose={close}>
          <ConversationList onPick={close} />
        </Drawer>
      )}
      <div class="hidden" role="status" aria-live="polite" aria-label="Response status">
        {announcement.value}
      </div>
    </div>
  )
}

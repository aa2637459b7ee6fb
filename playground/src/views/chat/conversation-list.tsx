import { useRef, useState } from 'preact/hooks'
import {
  busy,
  conversation,
  entries,
  exportChats,
  importChats,
  newConversation,
  openConversation,
  removeConversation,
} from '../../chat/session.js'
import { ago } from '../../lib/format.js'
import { Button, IconButton } from '../../ui/button.js'
import { announce } from '../../ui/toast.js'
import { saveFile } from '../../lib/save-file.js'

// The search field appears above this number.
const SEARCH_THRESHOLD = 8

/** The list of conversations, with import and export. */
export function ConversationList({ onPick }: { readonly onPick?: () => void }) {
  const [query, setQuery] = useState('')
  const [removed, setRemoved] = useState<{ readonly title: string; readonly restore: () => Promise<void> }>()
  const [problem, setProblem] = useState<string>()
  const picker = useRef<HTMLInputElement>(null)
  const all = entries.value
  const current = conversation.value.id
  const search = query.trim().toLowerCase()
  const shown = all.filter(({ title }) => title.toLowerCase().includes(search))

  const importFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    setProblem(undefined)
    try {
      const { added, existing } = await importChats(await file.text())
      announce(`Imported ${countChats(added)}${existing > 0 ? `; ${existing} already existed` : ''}.`)
    } catch (error) {
      setProblem((error as Error).message)
    }
  }

  const open = async (id: string): Promise<void> => {
    if (!(await openConversation(id)))
      announce('This chat cannot be opened. It is damaged or was deleted in another tab.', 'bad')
  }

  return (
    <div class="list">
      <Button icon="plus" onClick={() => (newConversation(), onPick?.())}>
        New chat
      </Button>
      {all.length > SEARCH_THRESHOLD && (
        <input
          class="input"
          type="search"
          aria-label="Search chats"
          placeholder="Search"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
      )}
      {removed !== undefined && (
        <p class="list-removed" role="status">
          <span>Deleted “{removed.title}”.</span>
          <Button small kind="quiet" onClick={() => (setRemoved(undefined), void removed.restore())}>
            Undo
          </Button>
        </p>
      )}
      {shown.length > 0 && (
        <ul class="list-items">
          {shown.map(({ id, title, updatedAt, messages }) => (
            <li key={id} class="list-item">
              <button
                type="button"
                aria-current={id === current ? 'true' : undefined}
                onClick={() => (void open(id), onPick?.())}
              >
                <span class="list-title">{title}</span>
                <span class="list-note">
                  {busy.value.has(id)
                    ? 'responding…'
                    : `${messages} ${messages === 1 ? 'message' : 'messages'}, ${ago(Date.now() - updatedAt)}`}
                </span>
              </button>
              <IconButton
                icon="trash"
                label={`Delete “${title}”`}
                onClick={() => void removeConversation(id).then((restore) => setRemoved({ title, restore }))}
              />
            </li>
          ))}
        </ul>
      )}
      {all.length === 0 && <p class="quiet small">Chats are stored only in this browser.</p>}
      {search !== '' && shown.length === 0 && <p class="quiet small">No chats match “{query}”.</p>}
      {problem !== undefined && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      <div class="row list-foot">
        <Button small icon="upload" onClick={() => picker.current!.click()}>
          Import
        </Button>
        <Button
          small
          icon="download"
          disabled={all.length === 0}
          onClick={() => void exportChats().then((text) => saveFile(text, 'chats.json'))}
        >
          Export all
        </Button>
        <input
          ref={picker}
          class="hidden"
          type="file"
          accept="application/json,.json"
          tabIndex={-1}
          aria-hidden="true"
          data-testid="import"
          onChange={({ currentTarget }) => {
            void importFile(currentTarget.files?.[0])
            currentTarget.value = ''
          }}
        />
      </div>
    </div>
  )
}

const countChats = (count: number): string => (count === 1 ? '1 chat' : `${count} chats`)

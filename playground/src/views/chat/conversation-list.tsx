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
import { saveFile } from './save-file.js'

// With fewer, one sees them all.
const MANY = 8

/** All conversations; they can be taken along as a file, and brought back from one. */
export function ConversationList({ onPick }: { readonly onPick?: () => void }) {
  const [query, setQuery] = useState('')
  const [removed, setRemoved] = useState<{ readonly title: string; readonly restore: () => Promise<void> }>()
  const [problem, setProblem] = useState<string>()
  const picker = useRef<HTMLInputElement>(null)
  const all = entries.value
  const current = conversation.value.id
  const wanted = query.trim().toLowerCase()
  const shown = all.filter(({ title }) => title.toLowerCase().includes(wanted))

  const bring = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    setProblem(undefined)
    try {
      const { added, known } = await importChats(await file.text())
      announce(`${said(added)} imported${known > 0 ? `, ${known} there already` : ''}.`)
    } catch (error) {
      setProblem((error as Error).message)
    }
  }

  const look = async (id: string): Promise<void> => {
    if (!(await openConversation(id))) announce('It cannot be opened: it is damaged, or another tab removed it.', 'bad')
  }

  return (
    <div class="list">
      <Button icon="plus" onClick={() => (newConversation(), onPick?.())}>
        New conversation
      </Button>
      {all.length > MANY && (
        <input
          class="input"
          type="search"
          aria-label="Search conversations"
          placeholder="Search"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
      )}
      {removed !== undefined && (
        <p class="list-removed" role="status">
          <span>“{removed.title}” is removed.</span>
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
                onClick={() => (void look(id), onPick?.())}
              >
                <span class="list-title">{title}</span>
                <span class="list-note">
                  {busy.value.has(id)
                    ? 'writing…'
                    : `${messages} ${messages === 1 ? 'message' : 'messages'}, ${ago(Date.now() - updatedAt)}`}
                </span>
              </button>
              <IconButton
                icon="trash"
                label={`Remove “${title}”`}
                onClick={() => void removeConversation(id).then((restore) => setRemoved({ title, restore }))}
              />
            </li>
          ))}
        </ul>
      )}
      {all.length === 0 && <p class="quiet small">What you ask is kept here, in this browser only.</p>}
      {wanted !== '' && shown.length === 0 && <p class="quiet small">No title has “{query}”.</p>}
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
          onClick={() => void exportChats().then((text) => saveFile(text, 'conversations.json'))}
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
            void bring(currentTarget.files?.[0])
            currentTarget.value = ''
          }}
        />
      </div>
    </div>
  )
}

const said = (count: number): string => (count === 1 ? '1 conversation' : `${count} conversations`)

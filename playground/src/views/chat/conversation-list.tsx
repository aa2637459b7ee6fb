import { useEffect, useRef, useState } from 'preact/hooks'
import {
  busy,
  conversation,
  entries,
  exportChats,
  importChats,
  newConversation,
  openConversation,
  removeConversation,
  searchChats,
} from '../../chat/session.js'
import type { Entry } from '../../chat/types.js'
import { ago, plural } from '../../lib/format.js'
import { Button, IconButton } from '../../ui/button.js'
import { Icon } from '../../ui/icon.js'
import { announce } from '../../ui/toast.js'
import { saveFile } from '../../lib/save-file.js'
import { ChatOptions } from './chat-options.js'

const SEARCH_DELAY_MS = 150

/** The list of conversations, with search, folders, import and export. */
export function ConversationList({ onPick }: { readonly onPick: () => void }) {
  const [query, setQuery] = useState('')
  const search = query.trim()
  const found = useSearch(search)
  const [options, setOptions] = useState<Entry>()
  const [removed, setRemoved] = useState<{ readonly title: string; readonly restore: () => Promise<void> }>()
  const [problem, setProblem] = useState<string>()
  const picker = useRef<HTMLInputElement>(null)
  const all = entries.value
  const isShown = ({ id, title }: Entry): boolean =>
    search === '' || found?.has(id) === true || title.toLowerCase().includes(search.toLowerCase())
  const shown = all.filter(isShown)
  const unpinned = shown.filter(({ isPinned }) => isPinned !== true)
  const folders = [...new Set(unpinned.map(({ folder }) => folder).filter((name) => name !== undefined))].sort()

  const importFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    setProblem(undefined)
    try {
      const { added, existing } = await importChats(await file.text())
      announce(`Imported ${plural(added, 'chat')}${existing > 0 ? `; ${existing} already existed` : ''}.`)
    } catch (error) {
      setProblem((error as Error).message)
    }
  }

  const open = async (id: string): Promise<void> => {
    if (!(await openConversation(id)))
      announce('This chat cannot be opened. It is damaged or was deleted in another tab.', 'bad')
  }

  const remove = async ({ id, title }: Entry): Promise<void> => {
    const restore = await removeConversation(id)
    setRemoved({ title, restore })
  }

  const rows = {
    found,
    onOpen: (id: string) => (void open(id), onPick()),
    onOptions: setOptions,
    onRemove: (entry: Entry) => void remove(entry),
  }

  return (
    <div class="list">
      <Button icon="plus" onClick={() => (newConversation(), onPick())}>
        New chat
      </Button>
      {all.length > 1 && (
        <input
          class="input"
          type="search"
          aria-label="Search chats"
          placeholder="Search chats"
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
      <Rows entries={shown.filter(({ isPinned, folder }) => isPinned === true || folder === undefined)} {...rows} />
      {folders.map((folder) => (
        <details key={folder} class="list-folder" open>
          <summary>
            <Icon name="folder" />
            {folder}
          </summary>
          <Rows entries={unpinned.filter((entry) => entry.folder === folder)} {...rows} />
        </details>
      ))}
      {options !== undefined && <ChatOptions entry={options} onClose={() => setOptions(undefined)} />}
      {all.length === 0 && <p class="quiet small">Chats are stored only in this browser.</p>}
      {found !== undefined && shown.length === 0 && <p class="quiet small">No chats match “{query}”.</p>}
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

interface RowsProps {
  readonly entries: readonly Entry[]
  /** Excerpts by id. */
  readonly found: ReadonlyMap<string, string> | undefined
  readonly onOpen: (id: string) => void
  readonly onOptions: (entry: Entry) => void
  readonly onRemove: (entry: Entry) => void
}

function Rows({ entries: shown, found, onOpen, onOptions, onRemove }: RowsProps) {
  if (shown.length === 0) return null
  return (
    <ul class="list-items">
      {shown.map((entry) => (
        <li key={entry.id} class="list-item">
          <button
            type="button"
            aria-current={entry.id === conversation.value.id ? 'true' : undefined}
            onClick={() => onOpen(entry.id)}
          >
            <span class="list-title" dir="auto">
              {entry.isPinned === true && <Icon name="pin" />}
              {entry.title}
            </span>
            <span class="list-note">{found?.get(entry.id) || noteOf(entry)}</span>
          </button>
          <IconButton icon="more" label={`Options for “${entry.title}”`} onClick={() => onOptions(entry)} />
          <IconButton icon="trash" label={`Delete “${entry.title}”`} onClick={() => onRemove(entry)} />
        </li>
      ))}
    </ul>
  )
}

const noteOf = ({ id, messages, updatedAt }: Entry): string =>
  busy.value.has(id)
    ? 'responding…'
    : `${messages} ${messages === 1 ? 'message' : 'messages'}, ${ago(Date.now() - updatedAt)}`

/** Searches titles and messages shortly after the last key. */
function useSearch(search: string): ReadonlyMap<string, string> | undefined {
  const [found, setFound] = useState<ReadonlyMap<string, string>>()
  useEffect(() => {
    setFound(undefined)
    if (search === '') return
    let isOutdated = false
    const timer = setTimeout(() => {
      void searchChats(search).then((result) => !isOutdated && setFound(result))
    }, SEARCH_DELAY_MS)
    return () => {
      isOutdated = true
      clearTimeout(timer)
    }
  }, [search])
  return found
}

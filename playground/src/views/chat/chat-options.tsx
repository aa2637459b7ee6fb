import { useState } from 'preact/hooks'
import { toMarkdown } from '../../chat/markdown-export.js'
import { entries, exportChats, findConversation, organize } from '../../chat/session.js'
import type { Entry } from '../../chat/types.js'
import { Button } from '../../ui/button.js'
import { Dialog } from '../../ui/dialog.js'
import { Checkbox, Field, TextField } from '../../ui/field.js'
import { announce } from '../../ui/toast.js'
import { saveFile } from '../../lib/save-file.js'

/** Renames, pins, moves and exports a chat. */
export function ChatOptions({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }) {
  const [title, setTitle] = useState(entry.title)
  const [folder, setFolder] = useState(entry.folder ?? '')
  const [isPinned, setPinned] = useState(entry.isPinned ?? false)
  const folders = [...new Set(entries.value.map((one) => one.folder).filter((name) => name !== undefined))]
  const save = (): void => {
    onClose()
    void organize(entry.id, {
      title: title.trim() === '' ? entry.title : title.trim(),
      folder: folder.trim() === '' ? undefined : folder.trim(),
      isPinned: isPinned || undefined,
    })
  }
  const exportAs = async (kind: 'md' | 'json'): Promise<void> => {
    const found = await findConversation(entry.id)
    if (found === undefined) return announce('This chat cannot be opened.', 'bad')
    if (kind === 'md') saveFile(toMarkdown(found), 'chat.md', 'text/markdown')
    else saveFile(await exportChats(found), 'chat.json')
  }
  return (
    <Dialog title="Chat options" onClose={onClose}>
      <form class="chat-options" onSubmit={(event) => (event.preventDefault(), save())}>
        <TextField label="Title" value={title} onInput={setTitle} />
        <Field label="Folder" hint="Type a new name to create a folder.">
          {(ids) => (
            <>
              <input
                {...ids}
                class="input"
                list="chat-folders"
                autocomplete="off"
                value={folder}
                onInput={({ currentTarget }) => setFolder(currentTarget.value)}
              />
              <datalist id="chat-folders">
                {folders.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Checkbox label="Pin to the top of the list" checked={isPinned} onChange={setPinned} />
        <div class="row">
          <Button kind="primary" type="submit">
            Save
          </Button>
          <Button icon="download" onClick={() => void exportAs('md')}>
            Export as Markdown
          </Button>
          <Button icon="download" onClick={() => void exportAs('json')}>
            Export as JSON
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

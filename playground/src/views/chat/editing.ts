import { signal } from '@preact/signals'
import { selectedPath } from '../../chat/conversation.js'
import { busy, conversation } from '../../chat/session.js'

/** The id of the message that is being edited. */
export const editedId = signal<string | undefined>(undefined)

/** Opens the editor of the user's last message. */
export function editLast(): void {
  const current = conversation.peek()
  const last = selectedPath(current).findLast(({ role }) => role === 'user')
  if (last !== undefined && !busy.peek().has(current.id)) editedId.value = last.id
}

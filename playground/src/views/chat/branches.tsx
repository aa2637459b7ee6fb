import { siblings } from '../../chat/conversation.js'
import { conversation, showBranch } from '../../chat/session.js'
import type { ChatMessage } from '../../chat/types.js'
import { IconButton } from '../../ui/button.js'

/** Switches between the versions of a message. */
export function Branches({ message }: { readonly message: ChatMessage }) {
  const all = siblings(conversation.value, message.parent)
  if (all.length < 2) return null
  const at = all.findIndex(({ id }) => id === message.id)
  const what = message.role === 'user' ? 'message' : 'response'
  const go = (to: number): void => showBranch(all[to]!.id)
  return (
    <span class="branches" role="group" aria-label={`Versions of this ${what}`}>
      <IconButton icon="left" label={`Previous ${what}`} disabled={at === 0} onClick={() => go(at - 1)} />
      <span>
        {at + 1} / {all.length}
      </span>
      <IconButton icon="right" label={`Next ${what}`} disabled={at === all.length - 1} onClick={() => go(at + 1)} />
    </span>
  )
}

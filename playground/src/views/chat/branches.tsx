import { siblings } from '../../chat/conversation.js'
import { conversation, lookAt } from '../../chat/session.js'
import type { Node_ } from '../../chat/types.js'
import { IconButton } from '../../ui/button.js'

/** Goes between what was said in the same place. */
export function Branches({ node }: { readonly node: Node_ }) {
  const all = siblings(conversation.value, node.parent)
  if (all.length < 2) return null
  const at = all.findIndex(({ id }) => id === node.id)
  const what = node.role === 'user' ? 'question' : 'answer'
  const go = (to: number): void => lookAt(all[to]!.id)
  return (
    <span class="branches" role="group" aria-label={`Other ${what}s`}>
      <IconButton icon="left" label={`Earlier ${what}`} disabled={at === 0} onClick={() => go(at - 1)} />
      <span>
        {at + 1} / {all.length}
      </span>
      <IconButton icon="right" label={`Later ${what}`} disabled={at === all.length - 1} onClick={() => go(at + 1)} />
    </span>
  )
}

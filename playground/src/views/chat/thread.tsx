import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { selectedPath } from '../../chat/conversation.js'
import { conversation, canStore, run } from '../../chat/session.js'
import { provider } from '../../state/connection.js'
import { Button } from '../../ui/button.js'
import { EmptyState } from '../../ui/empty-state.js'
import { announce } from '../../ui/toast.js'
import { AssistantMessageView } from './assistant-message.js'
import { UserMessageView } from './user-message.js'

/** Within this distance from the end, in pixels, the thread keeps following the stream. */
const FOLLOW_DISTANCE = 40
const COPIED_MS = 2_000

/** The messages. Scrolls along with the stream while the end is visible. */
export function Thread() {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const lastTop = useRef(0)
  const [isAway, setAway] = useState(false)
  const nodes = selectedPath(conversation.value)
  const running = run.value

  const toEnd = (): void => {
    const element = scroller.current
    if (element === null) return
    element.scrollTop = element.scrollHeight
    lastTop.current = element.scrollTop
    follows.current = true
    setAway(false)
  }

  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      // An empty chat shows an introduction, which starts at the top.
      if (follows.current && content.current!.querySelector('.message') !== null) toEnd()
    })
    observer.observe(content.current!)
    observer.observe(scroller.current!)
    return () => observer.disconnect()
  }, [])

  // After sending a message, show the response.
  useEffect(() => {
    if (running !== undefined) toEnd()
  }, [running])

  const onScroll = (): void => {
    // The scroll event fires with the next frame, when another view may be open.
    if (scroller.current === null) return
    const { scrollTop, scrollHeight, clientHeight } = scroller.current
    const isNear = scrollHeight - scrollTop - clientHeight < FOLLOW_DISTANCE
    // Only scrolling up stops following. New text also increases the distance to the end.
    if (isNear) follows.current = true
    else if (scrollTop < lastTop.current - 1) follows.current = false
    lastTop.current = scrollTop
    setAway(!follows.current)
  }

  return (
    <div class="thread-frame">
      <div
        ref={scroller}
        class="thread"
        role="region"
        aria-label="Messages"
        tabIndex={0}
        onScroll={onScroll}
        onClick={copyCode}
      >
        <div ref={content} class="thread-content">
          {!canStore.value && (
            <p class="chat-note">This browser blocks storage for this page. Export the chats that you want to keep.</p>
          )}
          {nodes.length === 0 && provider.value !== undefined && <Introduction />}
          {nodes.map((node) =>
            node.role === 'user' ? (
              <UserMessageView key={node.id} message={node} />
            ) : (
              <AssistantMessageView
                key={node.id}
                message={node}
                run={running?.messageId === node.id ? running : undefined}
              />
            ),
          )}
        </div>
      </div>
      {isAway && (
        <div class="thread-jump">
          <Button small icon="download" onClick={toEnd}>
            Jump to latest
          </Button>
        </div>
      )}
    </div>
  )
}

function Introduction() {
  return (
    <EmptyState icon="chat" title="Start a chat">
      Responses are streamed. Paste or drop images to send them. You can edit messages and regenerate responses; all
      versions are kept.
    </EmptyState>
  )
}

/** Handles the copy buttons of code blocks, which are not rendered by Preact. */
function copyCode({ target }: Event): void {
  const button = (target as Element).closest<HTMLButtonElement>('button[data-copy]')
  const code = button?.closest('.md-code')?.querySelector('code')
  if (button === null || code == null) return
  navigator.clipboard.writeText(code.textContent).then(
    () => {
      announce('Copied.')
      button.textContent = 'Copied'
      setTimeout(() => (button.textContent = 'Copy'), COPIED_MS)
    },
    () => announce('The browser blocked clipboard access. Select the code and copy it manually.', 'bad'),
  )
}

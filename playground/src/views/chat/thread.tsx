import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { comparedResponses, selectedPath } from '../../chat/conversation.js'
import { conversation, canStore, run, runsHere } from '../../chat/session.js'
import type { AssistantMessage } from '../../chat/types.js'
import { Button } from '../../ui/button.js'
import { copyText } from '../../ui/copy-text.js'
import { AssistantMessageView } from './assistant-message.js'
import { Introduction } from './introduction.js'
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
    if (scroller.current === null) return
    const element = scrolledBy(scroller.current)
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
    // In a low window the page scrolls instead.
    const controller = new AbortController()
    addEventListener('scroll', onScroll, controller)
    return () => {
      observer.disconnect()
      controller.abort()
    }
  }, [])

  // After sending a message, show the response.
  useEffect(() => {
    if (running !== undefined) toEnd()
  }, [running])

  const onScroll = (): void => {
    // The scroll event fires with the next frame, when another view may be open.
    if (scroller.current === null) return
    const { scrollTop, scrollHeight, clientHeight } = scrolledBy(scroller.current)
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
        onClick={(event) => void copyCode(event)}
      >
        <div ref={content} class="thread-content">
          {!canStore.value && (
            <p class="chat-note">This browser blocks storage for this page. Export the chats that you want to keep.</p>
          )}
          {nodes.length === 0 && <Introduction />}
          {nodes.map((node) =>
            node.role === 'user' ? (
              <UserMessageView key={node.id} message={node} />
            ) : (
              <Responses key={node.comparison ?? node.id} message={node} />
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

/** The element that scrolls the messages. */
const scrolledBy = (thread: Element): Element =>
  getComputedStyle(thread).overflowY === 'visible' ? document.documentElement : thread

/** A response, or two side by side. */
function Responses({ message }: { readonly message: AssistantMessage }) {
  const all = comparedResponses(conversation.value, message)
  const views = all.map((one) => (
    <AssistantMessageView
      key={one.id}
      message={one}
      run={runsHere.value.find(({ messageId }) => messageId === one.id)}
      isAlternative={one.id !== message.id}
    />
  ))
  return all.length === 1 ? <>{views}</> : <div class="comparison">{views}</div>
}

/** Handles the copy buttons of code blocks, which are not rendered by Preact. */
async function copyCode({ target }: Event): Promise<void> {
  const button = (target as Element).closest<HTMLButtonElement>('button[data-copy]')
  const code = button?.closest('.md-code')?.querySelector('code')
  if (button === null || code == null) return
  if (!(await copyText(code.textContent))) return
  button.textContent = 'Copied'
  setTimeout(() => (button.textContent = 'Copy'), COPIED_MS)
}

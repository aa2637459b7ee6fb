import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { path } from '../../chat/conversation.js'
import { conversation, isKept, run } from '../../chat/session.js'
import { provider } from '../../state/connection.js'
import { Button } from '../../ui/button.js'
import { EmptyState } from '../../ui/empty-state.js'
import { announce } from '../../ui/toast.js'
import { AnswerMessage } from './answer.js'
import { QuestionMessage } from './question.js'

// A line or so: who is that near to the end wants to see it.
const NEAR = 40
const COPIED_MS = 2_000

/** What was said. Follows what is written for as long as its end is in sight. */
export function Thread() {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const lastTop = useRef(0)
  const [isAway, setAway] = useState(false)
  const nodes = path(conversation.value)
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
      // What is said about an empty conversation is read from its beginning.
      if (follows.current && content.current!.querySelector('.message') !== null) toEnd()
    })
    observer.observe(content.current!)
    observer.observe(scroller.current!)
    return () => observer.disconnect()
  }, [])

  // Whoever asks wants to see what comes.
  useEffect(() => {
    if (running !== undefined) toEnd()
  }, [running])

  const onScroll = (): void => {
    // The browser tells of a scroll with the next frame, when another view may be open.
    if (scroller.current === null) return
    const { scrollTop, scrollHeight, clientHeight } = scroller.current
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR
    // Text that has grown meanwhile is not somebody going away.
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
        aria-label="What was said"
        tabIndex={0}
        onScroll={onScroll}
        onClick={copyCode}
      >
        <div ref={content} class="thread-content">
          {!isKept.value && (
            <p class="chat-note">
              This browser keeps no conversations for this page. Export what you want to have later.
            </p>
          )}
          {nodes.length === 0 && provider.value !== undefined && <Begin />}
          {nodes.map((node) =>
            node.role === 'user' ? (
              <QuestionMessage key={node.id} question={node} />
            ) : (
              <AnswerMessage key={node.id} answer={node} run={running?.answerId === node.id ? running : undefined} />
            ),
          )}
        </div>
      </div>
      {isAway && (
        <div class="thread-jump">
          <Button small icon="download" onClick={toEnd}>
            Jump to the latest
          </Button>
        </div>
      )}
    </div>
  )
}

function Begin() {
  return (
    <EmptyState icon="chat" title="Ask something">
      The answer comes as it is written. Paste or drop images to ask about them; earlier questions can be edited, and
      every other answer is kept beside the first.
    </EmptyState>
  )
}

/** The buttons beside code were not made by Preact. */
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
    () => announce('The browser does not let this page copy. Select the code and copy it by hand.', 'bad'),
  )
}

import type { Run } from '../../chat/run.js'
import { again, busy, conversation, fork } from '../../chat/session.js'
import type { Answer, Speed } from '../../chat/types.js'
import { whyNotNative } from '../../chat/request.js'
import { count, decimal, duration } from '../../lib/format.js'
import { IconButton } from '../../ui/button.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Branches } from './branches.js'
import { CopyIcon } from './copy-icon.js'
import { MarkdownText } from './markdown-text.js'
import { Reasoning } from './reasoning.js'
import { Waiting } from './waiting.js'

interface AnswerProps {
  readonly answer: Answer
  /** While it is written. */
  readonly run: Run | undefined
}

/** What the model said. */
export function AnswerMessage({ answer, run }: AnswerProps) {
  const { id, at, model, state, text, error, reasoning, finishReason } = answer
  const isWriting = state === 'writing'
  return (
    <article class="message answer" aria-label={`Answer of ${model}`} aria-busy={isWriting}>
      <h2 class="answer-model">{model}</h2>
      {(reasoning !== undefined || run !== undefined) && <Reasoning key={at} answer={answer} run={run} />}
      <MarkdownText key={`${id} ${at}`} text={text} growing={run?.text} end={run?.outcome} />
      {run !== undefined && <Waiting run={run} />}
      {state === 'stopped' && <p class="chat-note">Stopped here.</p>}
      {finishReason === 'length' && (
        <p class="chat-note">It ended at the longest length that is allowed: see “Longest answer” in the settings.</p>
      )}
      {finishReason === 'content-filter' && <p class="chat-note">The server held the rest back.</p>}
      {state === 'whole' && text.trim() === '' && <p class="chat-note">The model said nothing.</p>}
      <NotNative answer={answer} />
      {state === 'broken' && (
        <ErrorNote
          error={error}
          title={text === '' ? 'There is no answer.' : 'The answer broke off.'}
          onRetry={() => void again(answer)}
        />
      )}
      <div class="message-foot">
        <Branches node={answer} />
        {!isWriting && (
          <>
            <CopyIcon text={text} what="the answer" />
            <IconButton
              icon="refresh"
              label="Another answer"
              disabled={busy.value.has(conversation.value.id)}
              onClick={() => void again(answer)}
            />
            <IconButton icon="branch" label="Go on from here in a new conversation" onClick={() => fork(id)} />
            <Figures answer={answer} />
          </>
        )}
      </div>
    </article>
  )
}

function NotNative({ answer }: { readonly answer: Answer }) {
  const { isNative, nodes } = conversation.value
  const question = nodes[answer.parent ?? '']
  if (!isNative || answer.responseId !== undefined || question?.role !== 'user') return null
  const why = whyNotNative(conversation.value, question)
  return why === undefined ? null : <p class="chat-note">{why}</p>
}

/** How fast it came, and how long it is. */
function Figures({ answer: { speed = {}, usage, state } }: { readonly answer: Answer }) {
  const { tokensPerSecond, timeToFirstTokenMs, durationMs, isByServer }: Speed = speed
  const by = isByServer === true ? 'measured by LM Studio' : 'measured by this page'
  const said = [
    tokensPerSecond !== undefined && (
      <span title={`Tokens per second after the first, ${by}`}>{decimal(tokensPerSecond)} tokens/s</span>
    ),
    timeToFirstTokenMs !== undefined && (
      <span title="From sending the question to the first token">{duration(timeToFirstTokenMs)} to first token</span>
    ),
    usage?.outputTokens !== undefined && <span>{tokens(usage.outputTokens)}</span>,
    durationMs !== undefined && <span>{duration(durationMs)}</span>,
  ].filter((one) => one !== false)
  if (said.length === 0 || state === 'writing') return null
  return <span class="figures">{said}</span>
}

const tokens = (value: number): string => (value === 1 ? '1 token' : `${count(value)} tokens`)

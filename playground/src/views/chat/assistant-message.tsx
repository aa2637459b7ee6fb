import type { Run } from '../../chat/run.js'
import { busy, continueResponse, conversation, editResponse, fork, regenerate, showBranch } from '../../chat/session.js'
import type { AssistantMessage, Speed } from '../../chat/types.js'
import { nativeFallbackReason } from '../../chat/request.js'
import { decimal, duration, plural } from '../../lib/format.js'
import { Button, IconButton } from '../../ui/button.js'
import { ErrorNote } from '../../ui/error-note.js'
import { RequestLink } from '../../ui/request-link.js'
import { Branches } from './branches.js'
import { CopyIcon } from './copy-icon.js'
import { editedId } from './editing.js'
import { MarkdownText } from './markdown-text.js'
import { MessageEditor } from './message-editor.js'
import { Reasoning } from './reasoning.js'
import { useEditFocus } from './use-edit-focus.js'
import { Waiting } from './waiting.js'

interface AssistantMessageProps {
  readonly message: AssistantMessage
  /** While the response is streaming. */
  readonly run: Run | undefined
  /** Whether the response is one of two, and the conversation continues from the other one. */
  readonly isAlternative?: boolean
}

/** A response of the model. */
export function AssistantMessageView({ message, run, isAlternative = false }: AssistantMessageProps) {
  const { id, at, model, state, text, error, reasoning, finishReason } = message
  const isStreaming = state === 'writing'
  const isBusy = busy.value.has(conversation.value.id)
  const isEdited = editedId.value === id
  const article = useEditFocus(isEdited)
  // Only a response of a model has a finish reason.
  const isOwnText = message.isEdited === true && finishReason === undefined
  const hasEndedEarly = state === 'stopped' || state === 'broken' || finishReason === 'length'
  const canContinue = text !== '' && (hasEndedEarly || (isOwnText && !isStreaming))
  if (isEdited) {
    return (
      <article ref={article} class="message message-assistant" aria-label={`Response from ${model}`}>
        <h2 class="message-model">{model}</h2>
        <MessageEditor
          label="Edited response"
          action="Save"
          text={text}
          onSave={(edited) => editResponse(message, edited.text)}
        />
      </article>
    )
  }
  return (
    <article
      ref={article}
      class="message message-assistant"
      aria-label={`Response from ${model}`}
      aria-busy={isStreaming}
    >
      <h2 class="message-model">
        {model}
        {message.isEdited === true && <span class="message-edited"> (edited)</span>}
      </h2>
      {(reasoning !== undefined || run !== undefined) && <Reasoning key={at} message={message} run={run} />}
      <MarkdownText key={`${id} ${at}`} text={text} stream={run?.text} end={run?.outcome} />
      {run !== undefined && <Waiting run={run} />}
      {state === 'stopped' && <p class="chat-note">Response stopped.</p>}
      {finishReason === 'length' && (
        <p class="chat-note">
          The response reached the token limit. Continue it, or raise “Max tokens” in the settings.
        </p>
      )}
      {finishReason === 'content-filter' && <p class="chat-note">The server filtered the rest of the response.</p>}
      {state === 'whole' && text.trim() === '' && <p class="chat-note">The model returned an empty response.</p>}
      <NativeFallback message={message} />
      {state === 'broken' && (
        <ErrorNote
          error={error}
          title={text === '' ? 'The request failed.' : 'The response was interrupted.'}
          onRetry={() => void regenerate(message)}
        />
      )}
      <div class="message-foot">
        {message.comparison === undefined && <Branches message={message} />}
        {!isStreaming && (
          <>
            {isAlternative && (
              <Button small onClick={() => showBranch(id)}>
                Continue with this response
              </Button>
            )}
            {canContinue && (
              <Button small icon="play" disabled={isBusy} onClick={() => void continueResponse(message)}>
                Continue
              </Button>
            )}
            <CopyIcon text={text} what="response" />
            <IconButton icon="refresh" label="Regenerate" disabled={isBusy} onClick={() => void regenerate(message)} />
            <IconButton
              icon="edit"
              data-edit
              label="Edit response"
              disabled={isBusy || text === ''}
              onClick={() => (editedId.value = id)}
            />
            <IconButton icon="branch" label="Fork into a new chat" onClick={() => fork(id)} />
            <RequestLink label={id} isIcon />
            <Figures message={message} />
          </>
        )}
      </div>
    </article>
  )
}

/** Explains why a response did not use the native route although the chat does. */
function NativeFallback({ message }: { readonly message: AssistantMessage }) {
  const { isNative, nodes } = conversation.value
  const userMessage = nodes[message.parent ?? '']
  if (!isNative || message.responseId !== undefined || userMessage?.role !== 'user') return null
  const reason = nativeFallbackReason(conversation.value, userMessage)
  return reason === undefined ? null : <p class="chat-note">{reason}</p>
}

/** The speed and length of a response. */
function Figures({ message: { speed = {}, usage, state } }: { readonly message: AssistantMessage }) {
  const { tokensPerSecond, timeToFirstTokenMs, durationMs, isByServer }: Speed = speed
  const source = isByServer === true ? 'measured by LM Studio' : 'measured by this page'
  const figures = [
    tokensPerSecond !== undefined && (
      <span title={`Tokens per second after the first token, ${source}`}>{decimal(tokensPerSecond)} tokens/s</span>
    ),
    timeToFirstTokenMs !== undefined && (
      <span title="From sending the message to the first token">{duration(timeToFirstTokenMs)} to first token</span>
    ),
    usage?.outputTokens !== undefined && <span>{plural(usage.outputTokens, 'token')}</span>,
    durationMs !== undefined && <span>{duration(durationMs)}</span>,
  ].filter((one) => one !== false)
  if (figures.length === 0 || state === 'writing') return null
  return <span class="figures">{figures}</span>
}

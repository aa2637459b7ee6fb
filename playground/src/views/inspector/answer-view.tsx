import { useMemo } from 'preact/hooks'
import { isActive } from '../../inspector/filter.js'
import { createAnswerReader, readAnswer, type JoinedAnswer } from '../../inspector/joined-answer.js'
import { count } from '../../lib/format.js'
import type { Exchange } from '../../state/recorder.js'
import { CopyButton } from '../../ui/copy-button.js'

/** What the model answered in total: text, reasoning, calls and usage, joined from the events of a stream. */
export function AnswerView({ exchange, isStream }: { readonly exchange: Exchange; readonly isStream: boolean }) {
  const reader = useMemo(createAnswerReader, [exchange])
  // Subscribes to new chunks.
  void exchange.chunkCount.value
  const isStreaming = isActive(exchange.progress.value.outcome)
  const answer = isStream
    ? reader.read(exchange.chunks)
    : isStreaming
      ? undefined
      : readAnswer(exchange.chunks.map(({ text }) => text).join(''))
  if (answer === undefined) {
    return <p class="quiet">{isStreaming ? 'Nothing received yet.' : 'The response contains no answer of a model.'}</p>
  }
  return <Answer answer={answer} isStreaming={isStreaming} />
}

function Answer({ answer, isStreaming }: { readonly answer: JoinedAnswer; readonly isStreaming: boolean }) {
  const { text, reasoning, calls, usage, finishReason, error } = answer
  const isEmpty = text === '' && reasoning === '' && calls.length === 0
  return (
    <div class="stack">
      {error !== undefined && <p class="exchange-error">Error in the stream: {error}</p>}
      {isEmpty && <p class="quiet">{isStreaming ? 'No text yet.' : 'The answer is empty.'}</p>}
      <Text title="Reasoning" text={reasoning} />
      <Text title="Text" text={text} />
      {calls.length > 0 && (
        <section class="stack" aria-label="Tool calls">
          <h3>Tool calls</h3>
          <ul class="joined-calls">
            {calls.map(({ name, arguments: args, result }, index) => (
              <li key={index}>
                <code>
                  {name === '' ? '(no name)' : name}({args})
                </code>
                {result !== undefined && <div class="joined-result">{result}</div>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(usage !== undefined || finishReason !== undefined) && (
        <section class="stack" aria-label="Usage">
          <h3>Usage</h3>
          <dl class="facts">
            {finishReason !== undefined && (
              <div>
                <dt>finish reason</dt>
                <dd>{finishReason}</dd>
              </div>
            )}
            {Object.entries(usage ?? {}).flatMap(([name, value]) =>
              typeof value === 'number'
                ? [
                    <div key={name}>
                      <dt>{name.replaceAll('_', ' ')}</dt>
                      <dd>{Number.isInteger(value) ? count(value) : value.toFixed(2)}</dd>
                    </div>,
                  ]
                : [],
            )}
          </dl>
        </section>
      )}
    </div>
  )
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  if (text === '') return null
  return (
    <section class="stack" aria-label={title}>
      <div class="joined-head">
        <h3>{title}</h3>
        <CopyButton text={text} what={title.toLowerCase()} />
      </div>
      <div class="joined-text" dir="auto" tabIndex={0} role="region" aria-label={`${title} of the answer`}>
        {text}
      </div>
    </section>
  )
}

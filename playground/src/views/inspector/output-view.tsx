import { useMemo } from 'preact/hooks'
import { isActive } from '../../inspector/filter.js'
import { createOutputReader, readOutput, type JoinedOutput } from '../../inspector/joined-output.js'
import { count } from '../../lib/format.js'
import type { Exchange } from '../../state/recorder.js'
import { CopyButton } from '../../ui/copy-button.js'

/** What the model generated in total: text, reasoning, calls and usage, joined from the events of a stream. */
export function OutputView({ exchange, isStream }: { readonly exchange: Exchange; readonly isStream: boolean }) {
  const reader = useMemo(createOutputReader, [exchange])
  // Subscribes to new chunks.
  void exchange.chunkCount.value
  const isStreaming = isActive(exchange.progress.value.outcome)
  const output = isStream
    ? reader.read(exchange.chunks)
    : isStreaming
      ? undefined
      : readOutput(exchange.chunks.map(({ text }) => text).join(''))
  if (output === undefined) {
    return <p class="quiet">{isStreaming ? 'Nothing received yet.' : 'The response contains no model output.'}</p>
  }
  return <Output output={output} isStreaming={isStreaming} />
}

function Output({ output, isStreaming }: { readonly output: JoinedOutput; readonly isStreaming: boolean }) {
  const { text, reasoning, calls, usage, finishReason, error } = output
  const isEmpty = text === '' && reasoning === '' && calls.length === 0
  return (
    <div class="stack">
      {error !== undefined && <p class="exchange-error">Error in the stream: {error}</p>}
      {isEmpty && <p class="quiet">{isStreaming ? 'No text yet.' : 'The output is empty.'}</p>}
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
      <div class="joined-text" dir="auto" tabIndex={0} role="region" aria-label={`${title} of the output`}>
        {text}
      </div>
    </section>
  )
}

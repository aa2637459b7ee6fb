'use client'

import { ProviderError, readEvents } from 'lmstudio-provider'
import { type FormEvent, useState } from 'react'

export default function Chat() {
  const [prompt, setPrompt] = useState('')
  const [answer, setAnswer] = useState('')
  const [error, setError] = useState<unknown>()
  const [running, setRunning] = useState<AbortController>()

  async function send(event: FormEvent) {
    event.preventDefault()
    const controller = new AbortController()
    const { signal } = controller
    setRunning(controller)
    setAnswer('')
    setError(undefined)
    try {
      const response = await fetch('/api/chat', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt }),
        signal,
      })
      for await (const event of readEvents(response, { signal })) {
        if (event.type === 'text-delta') setAnswer((text) => text + event.text)
      }
    } catch (error) {
      // What had arrived stays on the page. Stopping is not an error.
      if (!signal.aborted) setError(error)
    } finally {
      setRunning(undefined)
    }
  }

  return (
    <main>
      <h1>Chat with LM Studio</h1>
      <form onSubmit={send}>
        <input aria-label="Message" required value={prompt} onChange={(event) => setPrompt(event.target.value)} />{' '}
        <button disabled={running !== undefined}>Send</button>{' '}
        <button type="button" disabled={running === undefined} onClick={() => running?.abort()}>
          Stop
        </button>
      </form>
      <output aria-live="polite">{answer}</output>
      {error !== undefined && (
        <p role="alert">
          {error instanceof Error ? error.message : String(error)}
          {ProviderError.isInstance(error) && (
            <>
              <br />
              {error.hint}
            </>
          )}
        </p>
      )}
    </main>
  )
}

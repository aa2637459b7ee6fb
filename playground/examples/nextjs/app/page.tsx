'use client'

import { ProviderError, readEvents } from 'lmstudio-provider'
import { type FormEvent, useEffect, useRef, useState } from 'react'

export default function Chat() {
  const [prompt, setPrompt] = useState('')
  const [answer, setAnswer] = useState('')
  const [error, setError] = useState<unknown>()
  const [isRunning, setIsRunning] = useState(false)
  const running = useRef<AbortController>(undefined)

  useEffect(() => () => running.current?.abort(), [])

  async function send(event: FormEvent) {
    event.preventDefault()
    const { signal } = (running.current = new AbortController())
    setIsRunning(true)
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
      setIsRunning(false)
    }
  }

  return (
    <main>
      <h1>Chat with LM Studio</h1>
      <form onSubmit={send}>
        <input aria-label="Message" required value={prompt} onChange={(event) => setPrompt(event.target.value)} />{' '}
        <button disabled={isRunning}>Send</button>{' '}
        <button type="button" disabled={!isRunning} onClick={() => running.current?.abort()}>
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

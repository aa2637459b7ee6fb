'use client'

import { useEffect } from 'react'

export default function Page() {
  useEffect(() => void import('../main.js'), [])
  return (
    <form>
      <input aria-label="Message" required />
      <button disabled>Send</button>
      <button type="button" disabled>
        Stop
      </button>
      <output />
      <p role="alert" />
    </form>
  )
}

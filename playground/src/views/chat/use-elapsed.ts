import { useEffect, useState } from 'preact/hooks'

const EVERY_MS = 500

/** Returns the time since `since` (by `performance.now()`) in ms; 0 if it is `undefined`. */
export function useElapsed(since: number | undefined): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (since === undefined) return
    const timer = setInterval(() => setNow(performance.now()), EVERY_MS)
    return () => clearInterval(timer)
  }, [since])
  return since === undefined ? 0 : Math.max(0, now - since)
}

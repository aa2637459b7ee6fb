import { useEffect, useState } from 'preact/hooks'

/** Returns the current time and renders again every `everyMs` milliseconds. */
export function useNow(everyMs: number, isActive = true): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isActive) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, isActive])
  return now
}

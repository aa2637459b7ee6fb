/**
 * A signal that follows others until it is let go. `AbortSignal.any` holds its sources weakly on some runtimes, and a
 * stream that stalls for minutes outlives a collection of garbage.
 */
export function linkSignals(signals: readonly AbortSignal[]): { signal: AbortSignal; unlink: () => void } {
  const linked = new AbortController()
  const listeners = new AbortController()
  for (const signal of signals) {
    if (signal.aborted) linked.abort(signal.reason)
    else signal.addEventListener('abort', () => linked.abort(signal.reason), { signal: listeners.signal })
  }
  return { signal: linked.signal, unlink: () => listeners.abort() }
}

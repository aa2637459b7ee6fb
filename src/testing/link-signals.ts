/**
 * Returns a signal that aborts when one of `signals` does, until `unlink` is called.
 *
 * @remarks Not `AbortSignal.any`: some runtimes hold its sources weakly, and a stream can stall for longer than it
 * takes to collect garbage.
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

/** Time in ms after which code is stopped. */
export const TIME_LIMIT_MS = 5_000
// The sandbox is a small file of this page; only a server that is gone keeps it from loading.
const LOAD_LIMIT_MS = 30_000

type Reply = { readonly started: true } | { readonly error: string } | { readonly result: string | undefined }

/**
 * Runs the body of an async function with the parameter `args`, and resolves to its result as JSON data. The code runs in a
 * worker of a sandboxed frame (public/sandbox.html): it has no access to the page, its storage or the network.
 *
 * @throws {@link Error} The code failed or exceeded the time limit.
 */
export async function runInSandbox(script: string, args: unknown, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted()
  const frame = document.createElement('iframe')
  const { port1: port, port2 } = new MessageChannel()
  let timer: ReturnType<typeof setTimeout> | undefined
  let onAbort = (): void => {}
  try {
    return await new Promise((resolve, reject) => {
      const failAfter = (ms: number, message: string): void => {
        clearTimeout(timer)
        timer = setTimeout(() => reject(new Error(message)), ms)
      }
      onAbort = () => reject(signal.reason as Error)
      signal.addEventListener('abort', onAbort)
      port.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
        if ('started' in data) failAfter(TIME_LIMIT_MS, `The code ran longer than ${TIME_LIMIT_MS / 1000} seconds.`)
        else if ('error' in data) reject(new Error(data.error))
        else resolve(data.result === undefined ? null : JSON.parse(data.result))
      })
      port.start()
      failAfter(LOAD_LIMIT_MS, 'The sandbox could not be loaded.')
      frame.title = 'Sandbox'
      frame.hidden = true
      frame.src = new URL('sandbox.html', document.baseURI).href
      frame.addEventListener('load', () => {
        // As a statement: as a return value this is a tail call in WebKit, and the message would not have this page as its source.
        frame.contentWindow?.postMessage({ script, args }, location.origin, [port2])
      })
      document.body.append(frame)
    })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    port.close()
    // Ends the worker, too.
    frame.remove()
  }
}

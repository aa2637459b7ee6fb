/** The Web Locks API in memory, for Node 20, which does not have it. */
export interface FakeLocks {
  request(name: string, options: { signal?: AbortSignal }, run: () => unknown): Promise<unknown>
  /** The names of the locks that are held. */
  held(): string[]
  /** The names of the locks that requests wait for. */
  waiting(): string[]
}

export function createFakeLocks(): FakeLocks {
  const holders = new Set<string>()
  const queue: { readonly name: string; readonly start: () => void }[] = []

  function startNext(name: string): void {
    const index = queue.findIndex((request) => request.name === name)
    if (!holders.has(name) && index >= 0) queue.splice(index, 1)[0]!.start()
  }

  return {
    request: (name, { signal }, run) =>
      new Promise((resolve, reject) => {
        async function start(): Promise<void> {
          holders.add(name)
          signal?.removeEventListener('abort', leave)
          try {
            // Browsers grant a lock in a later turn.
            await Promise.resolve()
            resolve(await run())
          } catch (error) {
            reject(error as Error)
          } finally {
            holders.delete(name)
            startNext(name)
          }
        }
        const request = { name, start: () => void start() }
        const leave = (): void => {
          const index = queue.indexOf(request)
          if (index >= 0) queue.splice(index, 1)
          reject(signal!.reason as Error)
        }
        signal?.addEventListener('abort', leave)
        queue.push(request)
        startNext(name)
      }),
    held: () => [...holders],
    waiting: () => queue.map(({ name }) => name),
  }
}

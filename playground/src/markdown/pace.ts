/** Calls `work` in the frames of the page, at most so often that it takes a quarter of the time. */
export interface Pace {
  /** Work has come. */
  wake(): void
  stop(): void
}

/** `work` says whether there is more to do. */
export function createPace(work: () => boolean): Pace {
  let frame: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let notBefore = 0

  const run = (): void => {
    frame = undefined
    const start = performance.now()
    const isMore = work()
    const end = performance.now()
    notBefore = end + 3 * (end - start)
    if (isMore) wake()
  }

  const request = (): void => {
    timer = undefined
    frame = requestAnimationFrame(run)
  }

  const wake = (): void => {
    if (frame !== undefined || timer !== undefined) return
    // A frame is 16 ms; waiting for less than that is what frames are for.
    const wait = notBefore - performance.now() - 16
    if (wait > 0) timer = setTimeout(request, wait)
    else request()
  }

  return {
    wake,
    stop() {
      if (frame !== undefined) cancelAnimationFrame(frame)
      clearTimeout(timer)
      frame = timer = undefined
    },
  }
}

/** Runs work in animation frames and limits it to a quarter of the time. */
export interface FrameScheduler {
  /** Requests a run, unless one is already scheduled. */
  schedule(): void
  stop(): void
}

/** @param work Returns whether there is more to do. */
export function createFrameScheduler(work: () => boolean): FrameScheduler {
  let frame: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let notBefore = 0

  const run = (): void => {
    frame = undefined
    const start = performance.now()
    const isMore = work()
    const end = performance.now()
    notBefore = end + 3 * (end - start)
    if (isMore) schedule()
  }

  const request = (): void => {
    timer = undefined
    frame = requestAnimationFrame(run)
  }

  const schedule = (): void => {
    if (frame !== undefined || timer !== undefined) return
    // A timer is only needed for delays beyond the next frame, 16 ms.
    const wait = notBefore - performance.now() - 16
    if (wait > 0) timer = setTimeout(request, wait)
    else request()
  }

  return {
    schedule,
    stop() {
      if (frame !== undefined) cancelAnimationFrame(frame)
      clearTimeout(timer)
      frame = timer = undefined
    },
  }
}

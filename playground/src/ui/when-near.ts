/** How far from the visible part an element counts as near, in pixels: about one screen. */
const DISTANCE = 1_000

/**
 * Calls a function once, when an element comes near the visible part of its scrolling region or the page is printed. Returns a
 * function that stops waiting.
 */
export function whenNear(element: Element, onNear: (isPrinting: boolean) => void): () => void {
  // Elements above the visible part change their height when they are rendered. Without scroll anchoring, the text that a
  // person reads would jump.
  if (!CSS.supports('overflow-anchor', 'auto')) {
    onNear(false)
    return () => undefined
  }
  const stop = (): void => {
    observer.disconnect()
    removeEventListener('beforeprint', print)
  }
  const arrive = (isPrinting: boolean): void => {
    stop()
    onNear(isPrinting)
  }
  const print = (): void => arrive(true)
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) arrive(false)
    },
    { root: scrollingParent(element), rootMargin: `${DISTANCE}px 0px` },
  )
  observer.observe(element)
  addEventListener('beforeprint', print)
  return stop
}

/** The closest element around another one that scrolls. `null`: the page. */
function scrollingParent(element: Element): Element | null {
  let parent = element.parentElement
  while (parent !== null && !/auto|scroll/.test(getComputedStyle(parent).overflowY)) parent = parent.parentElement
  return parent === document.documentElement || parent === document.body ? null : parent
}

import { trusted } from '../ui/trusted.js'

// Highlighting longer code would block the page for more than a frame.
const MAX_HIGHLIGHTED = 20_000

const queue: { readonly code: HTMLElement; readonly language: string }[] = []

/** Highlights finished code when the page is idle. */
export function highlightLater(code: HTMLElement, language: string): void {
  if (language === '' || code.textContent.length > MAX_HIGHLIGHTED) return
  if (queue.push({ code, language }) === 1) whenIdle()
}

// One block per idle callback keeps tasks short.
async function highlightNext(): Promise<void> {
  const { highlight } = await import('../ui/highlight.js')
  const next = queue.shift()
  if (next?.code.isConnected === true) {
    // Safe: the highlighter escapes the code.
    const html = highlight(next.code.textContent, next.language.toLowerCase())
    if (html !== undefined) next.code.innerHTML = trusted().createHTML(html)
  }
  if (queue.length > 0) whenIdle()
}

const run = (): void => void highlightNext()

const whenIdle = (): void => {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 1000 })
  else setTimeout(run)
}

import { trusted } from '../ui/trusted.js'

// Colouring longer code at once would hold up the page for longer than a frame.
const MAX_COLOURED = 20_000

const waiting: { readonly code: HTMLElement; readonly language: string }[] = []

/** Colours code that is finished, when the page has nothing better to do. */
export function colourLater(code: HTMLElement, language: string): void {
  if (language === '' || code.textContent.length > MAX_COLOURED) return
  if (waiting.push({ code, language }) === 1) whenIdle()
}

// One at a time, so that no task gets long.
async function colourNext(): Promise<void> {
  const { highlight } = await import('../ui/highlight.js')
  const next = waiting.shift()
  if (next?.code.isConnected === true) {
    // The highlighter escapes all of the code.
    const html = highlight(next.code.textContent, next.language.toLowerCase())
    if (html !== undefined) next.code.innerHTML = trusted().createHTML(html)
  }
  if (waiting.length > 0) whenIdle()
}

const run = (): void => void colourNext()

const whenIdle = (): void => {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 1000 })
  else setTimeout(run)
}

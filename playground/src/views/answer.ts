import type { CompletionResponse } from 'lmstudio-provider'
import { el } from '../dom.js'
import { speed } from '../format.js'
import { createErrorNotice } from './error-notice.js'

/** What a running answer tells the page. */
export interface AnswerView {
  think(text: string): void
  say(text: string): void
  finish(response: CompletionResponse): void
  stop(): void
  fail(error: unknown): void
}

/** One answer of the model as it comes: its reasoning, its text, its speed. */
export function createAnswer(model: string): AnswerView & { readonly element: HTMLElement } {
  const reasoning = document.createTextNode('')
  const text = document.createTextNode('')
  const label = el('summary', {}, 'Thinking…')
  const thoughts = el('details', { class: 'reasoning' }, label, el('p', {}, reasoning))
  const body = el('p', { class: 'text' }, text)
  const foot = el('p', { class: 'foot' }, 'Waiting for the first token…')
  const element = el(
    'article',
    // Busy until whole: read out once, not at every token.
    { class: 'message answer running', 'aria-label': `Answer of ${model}`, 'aria-busy': 'true' },
    thoughts,
    body,
    foot,
  )
  thoughts.hidden = true

  /** Each note keeps its words together where the line breaks. */
  function end(...notes: readonly string[]): void {
    element.classList.remove('running')
    element.setAttribute('aria-busy', 'false')
    label.textContent = 'Reasoning'
    foot.replaceChildren(...notes.flatMap((note, index) => [index > 0 ? ' · ' : '', el('span', {}, note)]))
  }

  return {
    element,
    think(piece) {
      thoughts.hidden = false
      foot.textContent = ''
      reasoning.appendData(piece)
    },
    say(piece) {
      if (text.length === 0) {
        label.textContent = 'Reasoning'
        foot.textContent = ''
      }
      text.appendData(piece)
    },
    finish(response) {
      const asked = response.toolCalls.map(({ name, rawArguments }) => `${name}(${rawArguments})`)
      for (const call of asked) body.after(el('p', {}, el('code', {}, call)))
      end(...speed(response))
    },
    stop: () => end('Stopped.'),
    fail(error) {
      end(...(text.length > 0 ? ['This is what had arrived.'] : []))
      element.append(createErrorNotice(error))
    },
  }
}

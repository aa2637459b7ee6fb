import type { ModelInfo } from 'lmstudio-provider'
import { el } from '../dom.js'
import { createAnswer, type AnswerView } from './answer.js'
import { createComposer } from './composer.js'

export interface ChatView {
  readonly element: HTMLElement
  offer(models: readonly ModelInfo[]): void
  /** Takes no message, and says why. */
  refuse(reason: string): void
  setRunning(isRunning: boolean): void
}

export interface ChatEvents {
  /** A message was sent: answer it into the view. */
  onSend(prompt: string, model: string, answer: AnswerView): void
  onStop(): void
  onClear(): void
}

const IDEAS = ['Write a haiku about the sea', 'What can you do offline?', 'Explain CORS in two sentences']

/** The conversation. */
export function createChat({ onSend, onStop, onClear }: ChatEvents): ChatView {
  const ideas = IDEAS.map((idea) => el('button', { type: 'button', class: 'idea', disabled: true }, idea))
  const welcome = el(
    'div',
    { class: 'welcome' },
    el('p', { class: 'lead' }, 'Talk to your own model'),
    el('p', { class: 'quiet' }, 'Straight from this page to LM Studio on your machine. Nothing in between.'),
    el('div', { class: 'ideas' }, ...ideas),
  )
  // A log is read out as it grows; an answer is busy, and so kept back, until it is whole.
  const log = el(
    'div',
    { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': 'Conversation', tabindex: 0 },
    welcome,
  )
  const clear = el('button', { type: 'button', class: 'plain', disabled: true }, 'New chat')
  const composer = createComposer({ onSend: send, onStop })

  function send(prompt: string): void {
    const { model } = composer
    const answer = createAnswer(model)
    welcome.remove()
    log.append(el('article', { class: 'message question', 'aria-label': 'You' }, el('p', {}, prompt)), answer.element)
    clear.disabled = false
    log.scrollTop = log.scrollHeight
    onSend(prompt, model, follow(answer, log))
  }

  for (const idea of ideas) idea.addEventListener('click', () => send(idea.textContent ?? ''))
  clear.addEventListener('click', () => {
    onClear()
    log.replaceChildren(welcome)
    clear.disabled = true
    composer.focus()
  })

  const head = el('div', { class: 'head' }, el('h2', { id: 'chat-title' }, 'Chat'), clear)
  return {
    element: el('section', { class: 'card chat', 'aria-labelledby': 'chat-title' }, head, log, composer.element),
    offer(models) {
      composer.offer(models)
      for (const idea of ideas) idea.disabled = composer.model === ''
    },
    refuse(reason) {
      composer.refuse(reason)
      for (const idea of ideas) idea.disabled = true
    },
    setRunning: composer.setRunning,
  }
}

/** Keeps the end in sight while text comes, unless the reader has scrolled away from it. */
function follow(answer: AnswerView, log: HTMLElement): AnswerView {
  const keeping =
    <Args extends unknown[]>(change: (...args: Args) => void) =>
    (...args: Args): void => {
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 48
      change(...args)
      if (isAtEnd) log.scrollTop = log.scrollHeight
    }
  return {
    think: keeping(answer.think),
    say: keeping(answer.say),
    finish: keeping(answer.finish),
    stop: keeping(answer.stop),
    fail: keeping(answer.fail),
  }
}

import type { ModelInfo } from 'lmstudio-provider'
import { el } from '../dom.js'

export interface Composer {
  readonly element: HTMLElement
  /** Empty while there is none to choose. */
  readonly model: string
  offer(models: readonly ModelInfo[]): void
  /** Takes no message, and says why. */
  refuse(reason: string): void
  setRunning(isRunning: boolean): void
  focus(): void
}

export interface ComposerEvents {
  onSend(prompt: string): void
  onStop(): void
}

/** Where a message is written, and a model chosen for it. */
export function createComposer({ onSend, onStop }: ComposerEvents): Composer {
  let isRunning = false
  /** Outlives a connection, so that connecting anew changes no choice. */
  let choice = ''
  const models = el('select', { id: 'model' })
  const label = el('label', { for: 'model' }, 'Model')
  // In the place of the models: without one of them there is nobody to send to.
  const reason = el('p', { id: 'reason', class: 'quiet', role: 'status' })
  const prompt = el('textarea', { id: 'prompt', rows: 2, placeholder: 'Ask something', enterkeyhint: 'send' })
  const send = el('button', { type: 'submit', class: 'primary', 'aria-describedby': 'reason' }, 'Send')
  const form = el(
    'form',
    { class: 'composer' },
    el('label', { for: 'prompt', class: 'hidden' }, 'Message'),
    prompt,
    el('div', { class: 'bar' }, label, models, reason, send),
  )

  function show(options: readonly HTMLOptionElement[], why: string): void {
    choice = models.value || choice
    models.replaceChildren(...options)
    models.hidden = label.hidden = options.length === 0
    reason.textContent = why
    update()
  }

  function update(): void {
    // An answer that runs can be stopped even when its server is gone from the page.
    send.disabled = models.value === '' && !isRunning
    send.textContent = isRunning ? 'Stop' : 'Send'
    send.classList.toggle('stop', isRunning)
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (isRunning) return onStop()
    const text = prompt.value.trim()
    if (text === '') return prompt.focus()
    if (send.disabled) return
    prompt.value = ''
    onSend(text)
  })
  prompt.addEventListener('keydown', (event) => {
    // Enter during an input method's composition only picks a word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || isRunning) return
    event.preventDefault()
    if (!send.disabled) form.requestSubmit()
  })

  show([], 'Connect to a server first.')
  return {
    element: form,
    get model() {
      return models.value
    },
    offer(list) {
      const usable = list.filter(({ capabilities }) => capabilities.chat !== false)
      const chosen =
        usable.find(({ id }) => id === (models.value || choice)) ?? usable.find(({ state }) => state === 'loaded')
      const selected = chosen ?? usable[0]
      const options = usable.map((model) =>
        el('option', { value: model.id, selected: model === selected }, model.displayName ?? model.id),
      )
      show(options, options.length > 0 ? '' : 'No model here can chat. Download one in LM Studio.')
    },
    refuse: (why) => show([], why),
    setRunning(running) {
      isRunning = running
      update()
    },
    focus: () => prompt.focus(),
  }
}

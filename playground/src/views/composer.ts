import type { ModelInfo } from 'lmstudio-provider'
import { el } from '../dom.js'

export interface Composer {
  readonly element: HTMLElement
  /** Empty while there is none to choose. */
  readonly model: string
  offer(models: readonly ModelInfo[]): void
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
  const models = el('select', { id: 'model', disabled: true }, el('option', { value: '' }, 'no model yet'))
  const prompt = el('textarea', { id: 'prompt', rows: 2, placeholder: 'Ask something', enterkeyhint: 'send' })
  const send = el('button', { type: 'submit', class: 'primary', disabled: true }, 'Send')
  const form = el(
    'form',
    { class: 'composer' },
    el('label', { for: 'prompt', class: 'hidden' }, 'Message'),
    prompt,
    el('div', { class: 'bar' }, el('label', { for: 'model' }, 'Model'), models, send),
  )

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (isRunning) return onStop()
    const text = prompt.value.trim()
    if (text === '' || send.disabled) return
    prompt.value = ''
    onSend(text)
  })
  prompt.addEventListener('keydown', (event) => {
    // Enter during an input method's composition only picks a word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || isRunning) return
    event.preventDefault()
    form.requestSubmit()
  })

  return {
    element: form,
    get model() {
      return models.value
    },
    offer(list) {
      const usable = list.filter(({ capabilities }) => capabilities.chat !== false)
      const chosen = usable.find(({ id }) => id === models.value) ?? usable.find(({ state }) => state === 'loaded')
      const options = usable.map(({ id, displayName }) => el('option', { value: id }, displayName ?? id))
      models.replaceChildren(...(options.length > 0 ? options : [el('option', { value: '' }, 'no model yet')]))
      if (chosen !== undefined) models.value = chosen.id
      models.disabled = usable.length === 0
      send.disabled = usable.length === 0
    },
    setRunning(running) {
      isRunning = running
      send.textContent = running ? 'Stop' : 'Send'
      send.classList.toggle('stop', running)
    },
    focus: () => prompt.focus(),
  }
}

import { el, section } from '../dom.js'

export interface ConnectionForm {
  readonly element: HTMLElement
  readonly endpoint: string
  /** Empty for none. */
  readonly apiToken: string
  setBusy(isBusy: boolean): void
}

/** Where to connect to, and with which token. */
export function createConnectionForm(endpoint: string, onSubmit: () => void): ConnectionForm {
  const address = el('input', {
    id: 'endpoint',
    type: 'url',
    value: endpoint,
    required: true,
    spellcheck: 'false',
    autocomplete: 'url',
    autocapitalize: 'off',
  })
  const token = el('input', {
    id: 'token',
    type: 'password',
    placeholder: 'only if LM Studio asks for one',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const button = el('button', { type: 'submit', class: 'primary' }, 'Connect')
  const form = el(
    'form',
    {},
    el('label', { for: 'endpoint' }, 'Endpoint'),
    el('div', { class: 'row' }, address, button),
    el('label', { for: 'token' }, 'API token ', el('span', { class: 'quiet' }, '(optional)')),
    token,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    onSubmit()
  })
  return {
    element: section('connection', 'Connection', form),
    get endpoint() {
      return address.value.trim()
    },
    get apiToken() {
      return token.value.trim()
    },
    setBusy(isBusy) {
      // Not `disabled`: that would take the focus from whoever pressed it.
      button.setAttribute('aria-disabled', String(isBusy))
      button.textContent = isBusy ? 'Connecting…' : 'Connect'
    },
  }
}

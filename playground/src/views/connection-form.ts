import { el, section } from '../dom.js'

export interface ConnectionForm {
  readonly element: HTMLElement
  readonly endpoint: string
  /** Empty for none. */
  readonly apiToken: string
  /** Whether the person lets prompts leave their network. */
  readonly allowRemote: boolean
  setBusy(isBusy: boolean): void
}

/** Where to connect to, and with which token. */
export function createConnectionForm(endpoint: string, onSubmit: () => void): ConnectionForm {
  const address = el('input', {
    id: 'endpoint',
    // Not `url`: the library says better than the browser what is wrong with an address.
    type: 'text',
    inputmode: 'url',
    value: endpoint,
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
  const remote = el('input', { id: 'remote', type: 'checkbox' })
  const button = el('button', { type: 'submit', class: 'primary' }, 'Connect')
  const form = el(
    'form',
    {},
    el('label', { for: 'endpoint' }, 'Endpoint'),
    el('div', { class: 'row' }, address, button),
    el('label', { for: 'token' }, 'API token ', el('span', { class: 'quiet' }, '(optional)')),
    token,
    el('label', { class: 'check' }, remote, 'Allow endpoints outside this network'),
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
    get allowRemote() {
      return remote.checked
    },
    setBusy(isBusy) {
      // Not `disabled`: that would take the focus from whoever pressed it.
      button.setAttribute('aria-disabled', String(isBusy))
      button.textContent = isBusy ? 'Connecting…' : 'Connect'
    },
  }
}

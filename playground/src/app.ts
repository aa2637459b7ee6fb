import { ProviderError, type LMStudioOptions, type LMStudioProvider } from 'lmstudio-provider'
import { createConversation } from './conversation.js'
import { el } from './dom.js'
import { createChat } from './views/chat.js'
import { createConnectionForm } from './views/connection-form.js'
import { createHealthCard } from './views/health-card.js'
import { createModelTable } from './views/model-table.js'

export interface AppOptions {
  readonly endpoint: string
  readonly createProvider: (options: LMStudioOptions) => LMStudioProvider
  /** Called with the address of a server that answered. */
  readonly remember?: (endpoint: string) => void
}

export interface App {
  readonly element: HTMLElement
  /** Connects to what the form says, with what is still known of its models. */
  connect(): Promise<void>
}

/** Ties the views to a provider. */
export function createApp({ endpoint, createProvider, remember = () => {} }: AppOptions): App {
  let provider: LMStudioProvider | undefined
  let connecting: AbortController | undefined
  const conversation = createConversation()

  const form = createConnectionForm(endpoint, () => void connect(true))
  const health = createHealthCard()
  const models = createModelTable()
  const chat = createChat({
    async onSend(prompt, model, answer) {
      if (provider === undefined) return
      chat.setRunning(true)
      await conversation.send(provider, model, prompt, answer)
      chat.setRunning(false)
    },
    onStop: conversation.stop,
    onClear: conversation.clear,
  })

  async function connect(refresh: boolean): Promise<void> {
    connecting?.abort()
    const { signal } = (connecting = new AbortController())
    form.setBusy(true)
    health.showChecking(form.endpoint)
    try {
      const candidate = createProvider({
        endpoint: form.endpoint,
        ...(form.apiToken === '' ? {} : { apiToken: form.apiToken }),
      })
      await meet(candidate, signal, refresh)
    } catch (error) {
      if (signal.aborted) return
      forget('Not connected.')
      if (ProviderError.isInstance(error)) health.showProblem(error.message, [error.hint])
      else health.showProblem(String(error), [])
    }
    form.setBusy(false)
  }

  /** Shows how the server is and what it has. */
  async function meet(candidate: LMStudioProvider, signal: AbortSignal, refresh: boolean): Promise<void> {
    const report = await candidate.healthCheck({ signal })
    health.showReport(report)
    if (report.status === 'unreachable') return forget('Not connected.')
    if (report.modelsAvailable === undefined) return forget('The server did not list any.')
    const list = await candidate.listModels({ signal, refresh })
    provider = candidate
    models.show(list)
    chat.offer(list)
    remember(candidate.endpoint)
  }

  function forget(note: string): void {
    provider = undefined
    models.showNote(note)
    chat.offer([])
  }

  const title = el('h1', {}, 'lmstudio-provider ', el('span', { class: 'quiet' }, 'playground'))
  const side = el('div', { class: 'side' }, form.element, health.element, models.element)
  return {
    element: el('div', { class: 'page' }, el('header', {}, title), el('main', {}, side, chat.element)),
    connect: () => connect(false),
  }
}

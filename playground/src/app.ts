import { ProviderError, type LMStudioOptions, type LMStudioProvider } from 'lmstudio-provider'
import { createConversation } from './conversation.js'
import { el } from './dom.js'
import { createChat } from './views/chat.js'
import { createConnectionForm } from './views/connection-form.js'
import { createHealthCard } from './views/health-card.js'
import { createModelTable } from './views/model-table.js'

export interface AppOptions {
  readonly endpoint: string
  /** The server that is a mock, if one is. */
  readonly mock?: string | undefined
  readonly createProvider: (options: LMStudioOptions) => LMStudioProvider
  /** Called with the address of a server that answered. */
  readonly remember?: (endpoint: string) => void
}

export interface App {
  readonly element: HTMLElement
  /** Connects to what the form says, with what is still known of its models. */
  connect(): Promise<void>
}

const UNREACHED = 'Not connected: see Server for what to do.'

/** Ties the views to a provider. */
export function createApp({ endpoint, mock, createProvider, remember = () => {} }: AppOptions): App {
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
    forget('Connecting…')
    try {
      const candidate = createProvider({
        endpoint: form.endpoint,
        ...(form.apiToken === '' ? {} : { apiToken: form.apiToken }),
        ...(form.allowRemote ? { allowRemote: true } : {}),
      })
      await meet(candidate, signal, refresh)
    } catch (error) {
      if (signal.aborted) return
      forget('Not connected.', UNREACHED)
      if (ProviderError.isInstance(error)) health.showProblem(error.message, [error.hint])
      else health.showProblem(String(error), [])
    }
    form.setBusy(false)
  }

  /** Shows how the server is and what it has. */
  async function meet(candidate: LMStudioProvider, signal: AbortSignal, refresh: boolean): Promise<void> {
    const report = await candidate.healthCheck({ signal })
    health.showReport(report, candidate.endpoint === mock)
    if (report.status === 'unreachable') return forget('Not connected.', UNREACHED)
    if (report.modelsAvailable === undefined) return forget('The server did not list any.', UNREACHED)
    forget('Loading the models…')
    const list = await candidate.listModels({ signal, refresh })
    provider = candidate
    models.show(list)
    chat.offer(list)
    remember(candidate.endpoint)
  }

  /** Has nothing to talk to, and says so in both places where one would look for it. */
  function forget(note: string, reason = note): void {
    provider = undefined
    models.showNote(note)
    chat.refuse(reason)
  }

  const title = el('h1', {}, 'lmstudio-provider ', el('span', { class: 'quiet' }, 'playground'))
  const side = el('div', { class: 'side' }, form.element, health.element, models.element)
  return {
    element: el('div', { class: 'page' }, el('header', {}, title), el('main', {}, side, chat.element)),
    connect: () => connect(false),
  }
}

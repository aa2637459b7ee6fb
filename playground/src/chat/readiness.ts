import { computed, type ReadonlySignal } from '@preact/signals'
import { health, isStarting, status } from '../state/connection.js'
import { chatModels, isReading, modelsError } from '../state/models.js'

/** Whether a message can be sent. */
export type Readiness =
  | { readonly state: 'ready' }
  /** It will be known soon. `text` is what the page waits for. */
  | { readonly state: 'pending'; readonly text: string }
  /** `text` is what is missing, and `fix` what the user can do. */
  | { readonly state: 'blocked'; readonly text: string; readonly fix: Fix }

export type Fix = 'connect' | 'enter-token' | 'open-models' | 'list-models' | 'reconnect'

export const readiness: ReadonlySignal<Readiness> = computed(() => {
  if (status.value === 'connecting' || isStarting.value) return { state: 'pending', text: 'Connecting to the server' }
  if (status.value === 'idle') return { state: 'blocked', text: 'No server is connected.', fix: 'connect' }
  if (status.value === 'failed') return { state: 'blocked', text: 'The endpoint cannot be used.', fix: 'connect' }
  if (status.value === 'unreachable') {
    return {
      state: 'blocked',
      text: 'The server is not responding. This page keeps trying.',
      fix: 'reconnect',
    }
  }
  if (chatModels.value.length > 0) return { state: 'ready' }
  const code = health.value?.diagnosis?.code
  if (code === 'auth-required')
    return { state: 'blocked', text: 'The server requires an API token.', fix: 'enter-token' }
  if (code === 'auth-rejected')
    return { state: 'blocked', text: 'The server rejected the API token.', fix: 'enter-token' }
  if (isReading.value) return { state: 'pending', text: 'Reading the list of models' }
  return modelsError.value === undefined
    ? { state: 'blocked', text: 'The server has no chat model.', fix: 'open-models' }
    : { state: 'blocked', text: 'The models could not be listed.', fix: 'list-models' }
})

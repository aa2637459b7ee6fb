import { trusted } from '../ui/trusted.js'

/** Lets the built page be opened without a network from the second visit on, where browsers allow that. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const register = (): void => {
    // Without it the page works as well, only not offline.
    navigator.serviceWorker.register(trusted().createScriptURL('./service-worker.js')).catch(() => {})
  }
  // The first view comes first.
  if (document.readyState === 'complete') register()
  else addEventListener('load', register, { once: true })
}

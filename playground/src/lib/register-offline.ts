import { trusted } from '../ui/trusted.js'

/** Registers the service worker, so that the built page also opens offline after the first visit. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const register = (): void => {
    // Without the service worker, only offline use is missing.
    navigator.serviceWorker.register(trusted().createScriptURL('./service-worker.js')).catch(() => {})
  }
  // Wait until the first view is loaded.
  if (document.readyState === 'complete') register()
  else addEventListener('load', register, { once: true })
}

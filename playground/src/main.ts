import { createLMStudio } from 'lmstudio-provider'
import { createApp } from './app.js'
import { findEndpoint } from './find-endpoint.js'

const { endpoint, connectsAtOnce, mock } = findEndpoint(document, location)
const app = createApp({ endpoint, mock, createProvider: createLMStudio, remember: rememberEndpoint })

document.querySelector('#app')?.append(app.element)
if (connectsAtOnce) void app.connect()

/** Keeps the address over a reload, and makes the page's own address one to share. The token stays in memory. */
function rememberEndpoint(address: string): void {
  const url = new URL(location.href)
  url.searchParams.set('endpoint', address)
  history.replaceState(null, '', url)
}

// A worker, a shared worker and a service worker: streams a response from each address that it receives, and sends the text.
import { createLMStudio } from '../package/index.js'

async function stream(endpoint, port) {
  let text = ''
  try {
    const { textStream } = createLMStudio({ endpoint, cache: false }).stream({ prompt: 'echo: Good evening.' })
    for await (const delta of textStream) text += delta
  } catch (error) {
    text = String(error)
  }
  port.postMessage(text)
}

if ('clients' in self) {
  self.addEventListener('message', (event) => event.waitUntil(stream(event.data, event.source)))
} else if ('onconnect' in self) {
  self.addEventListener('connect', ({ ports: [port] }) => {
    port.addEventListener('message', ({ data }) => stream(data, port))
    port.start()
  })
} else {
  self.addEventListener('message', ({ data }) => stream(data, self))
}

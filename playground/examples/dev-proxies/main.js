// For the form of index.html. lmstudio.js is the file of docs/guide/dev-proxies.md.
import { ProviderError } from 'lmstudio-provider'
import { lmstudio } from './lmstudio.js'

const form = document.querySelector('form')
const [prompt, send, stop, output] = form.elements
const alert = document.querySelector('[role=alert]')
let stream

stop.addEventListener('click', () => stream?.abort())

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  stream = lmstudio.stream({ prompt: prompt.value })
  send.disabled = true
  stop.disabled = false
  output.textContent = alert.textContent = ''
  try {
    for await (const text of stream.textStream) output.append(text)
  } catch (error) {
    if (error.name !== 'AbortError')
      alert.textContent = ProviderError.isInstance(error) ? `${error.message} ${error.hint}` : error
  }
  send.disabled = false
  stop.disabled = true
})
send.disabled = false

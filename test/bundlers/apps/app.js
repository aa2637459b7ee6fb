// A page that uses the two entries for browsers and shows what the mock echoes.
import { createLMStudio } from 'lmstudio-provider'
import { createClient, stream } from 'lmstudio-provider/core'

async function chat() {
  const endpoint = new URLSearchParams(location.search).get('endpoint')
  const lmstudio = createLMStudio({ endpoint })
  const [{ id: model }] = await lmstudio.listModels()
  for await (const text of lmstudio.stream({ model, prompt: 'echo: Good ' }).textStream) document.body.append(text)
  const { text } = await stream(createClient({ endpoint }), { model, prompt: 'echo: evening.' }).response
  document.body.append(text)
}

export const done = chat()

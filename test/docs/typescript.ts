import {
  ProviderError,
  generateObject,
  type LMStudioProvider,
  type Message,
  type PartialEmbeddings,
  type ToolDefinition,
} from 'lmstudio-provider'

// Under `strict` the id may be undefined: say what then.
export async function firstChatModel(lmstudio: LMStudioProvider): Promise<string> {
  const model = (await lmstudio.listModels()).find(({ capabilities }) => capabilities.chat !== false)
  if (model === undefined) throw new Error('No model here can chat.')
  return model.id
}

// A list that grows needs its type; `role: 'user'` alone is read as any text.
export async function askTide(lmstudio: LMStudioProvider, model: string): Promise<string> {
  const tools: ToolDefinition[] = [{ name: 'tide_at', parameters: { type: 'object', properties: {} } }]
  const messages: Message[] = [{ role: 'user', content: 'When is high tide in Oban?' }]
  const asked = await lmstudio.complete({ model, messages, tools })
  messages.push({ role: 'assistant', content: asked.text, toolCalls: asked.toolCalls })
  for (const { id, arguments: given } of asked.toolCalls) {
    // The model wrote them, and nobody has checked: `unknown`. `tool()` with a schema checks and types them.
    const { harbour } = given as { harbour?: string }
    messages.push({ role: 'tool', toolCallId: id, content: `${harbour}: 04:12` })
  }
  return (await lmstudio.complete({ model, messages, tools })).text
}

// With plain JSON Schema the type is yours to name; a schema of zod, valibot or arktype brings it.
export async function nameBird(lmstudio: LMStudioProvider, model: string): Promise<string> {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  const { object } = await generateObject<{ name: string }>(lmstudio, { model, prompt: 'Name a bird.', schema })
  return object.name
}

// What is caught is `unknown`; the vectors that are there come with whichever error ended the call.
export async function embedAll(lmstudio: LMStudioProvider, model: string, input: string[]) {
  try {
    return (await lmstudio.embed({ model, input })).embeddings
  } catch (error) {
    if (!ProviderError.isInstance(error)) throw error
    const { partial } = error as { partial?: PartialEmbeddings }
    return partial?.embeddings ?? []
  }
}

import {
  ProviderError,
  generateObject,
  type LMStudioProvider,
  type Message,
  type PartialEmbeddings,
  type ToolDefinition,
} from 'lmstudio-provider'

// Under `strict`, `find` may return undefined.
export async function firstChatModel(lmstudio: LMStudioProvider): Promise<string> {
  const model = (await lmstudio.listModels()).find(({ capabilities }) => capabilities.chat !== false)
  if (model === undefined) throw new Error('No chat model found.')
  return model.id
}

// Annotate lists that grow: without `Message[]`, the type of `role` is string.
export async function getTide(lmstudio: LMStudioProvider, model: string): Promise<string> {
  const tools: ToolDefinition[] = [{ name: 'tide_at', parameters: { type: 'object', properties: {} } }]
  const messages: Message[] = [{ role: 'user', content: 'When is high tide in Oban?' }]
  const { text, toolCalls } = await lmstudio.complete({ model, messages, tools })
  messages.push({ role: 'assistant', content: text, toolCalls })
  for (const { id, arguments: args } of toolCalls) {
    // Arguments are `unknown`: the model wrote them, and nothing validated them. `tool()` validates and types them.
    const { harbor } = args as { harbor?: string }
    messages.push({ role: 'tool', toolCallId: id, content: `${harbor}: 04:12` })
  }
  return (await lmstudio.complete({ model, messages, tools })).text
}

// Plain JSON Schema needs a type argument. A zod, valibot or arktype schema brings its type.
export async function nameBird(lmstudio: LMStudioProvider, model: string): Promise<string> {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  const { object } = await generateObject<{ name: string }>(lmstudio, { model, prompt: 'Name a bird.', schema })
  return object.name
}

// A caught error is `unknown`. Any error that ends `embed` carries the vectors that were computed.
export async function embedAll(lmstudio: LMStudioProvider, model: string, input: string[]) {
  try {
    return (await lmstudio.embed({ model, input })).embeddings
  } catch (error) {
    if (!ProviderError.isInstance(error)) throw error
    const { partial } = error as { partial?: PartialEmbeddings }
    return partial?.embeddings ?? []
  }
}

// Prints a recipe line by line while the model writes it as an object:   node structured-output.mjs pancakes for four
// The last line is the validated object as JSON. Ctrl+C stops. --mock runs without LM Studio.
import { createLMStudio, discover, OutputValidationError, ProviderError, streamObject } from 'lmstudio-provider/node'

const args = process.argv.slice(2)
const dish = args.filter((arg) => arg !== '--mock').join(' ') || 'pancakes'
const mock = args.includes('--mock') ? await startMock() : undefined

// Plain JSON Schema. A valibot, zod or arktype schema also works and gives the object its type.
const schema = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    minutes: { type: 'integer' },
    ingredients: { type: 'array', items: { type: 'string' } },
    steps: { type: 'array', items: { type: 'string' } },
  },
  required: ['title', 'minutes', 'ingredients', 'steps'],
}

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  const recipe = {
    title: 'Pancakes',
    minutes: 20,
    ingredients: ['flour', 'milk', 'two eggs'],
    steps: ['Whisk everything.', 'Fry thin cakes.'],
  }
  return startMockLMStudio({ tokensPerSecond: 60, reply: () => ({ reasoning: '', text: JSON.stringify(recipe) }) })
}

/** Returns the lines of a partial recipe. Only the last line can still grow. */
function toLines({ title, minutes, ingredients = [], steps = [] }) {
  return [
    ...(title === undefined ? [] : [`# ${title}`]),
    ...(minutes === undefined ? [] : [`${minutes} minutes`]),
    ...ingredients.map((ingredient) => `- ${ingredient}`),
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ]
}

async function cook(lmstudio) {
  // Without a limit, a model that never closes the object fills its context.
  const stream = streamObject(lmstudio, { prompt: `A recipe: ${dish}.`, schema, maxTokens: 2000, repair: true })
  const stop = () => stream.abort()
  process.once('SIGINT', stop)
  let printed = 0
  try {
    for await (const recipe of stream) {
      const lines = toLines(recipe)
      for (; printed < lines.length - 1; printed++) process.stdout.write(`${lines[printed]}\n`)
    }
    const recipe = await stream.object
    for (const line of toLines(recipe).slice(printed)) process.stdout.write(`${line}\n`)
    process.stdout.write(`${JSON.stringify(recipe)}\n`)
  } catch (error) {
    if (error.name !== 'AbortError') throw error
    process.stdout.write(' … stopped\n')
  } finally {
    process.off('SIGINT', stop)
  }
}

try {
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  await cook(createLMStudio({ endpoint }))
} catch (error) {
  console.error(error.message)
  // What happened at each address, if discovery found no server.
  for (const { reason } of error.attempts ?? []) console.error(`- ${reason}`)
  if (ProviderError.isInstance(error)) console.error(error.hint)
  if (OutputValidationError.isInstance(error)) console.error(`The model wrote:\n${error.text}`)
  process.exitCode = 1
} finally {
  await mock?.close()
}

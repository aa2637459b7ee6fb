// How an application of the AI SDK uses the package. It is type-checked, emitted and run.
import type { LanguageModelV3 } from '@ai-sdk/provider'
import { createLMStudio, lmstudio } from 'lmstudio-provider/ai-sdk'
import { createMockLMStudio } from 'lmstudio-provider/testing'

const local: LanguageModelV3 = lmstudio('acme/tern-4b', { reasoningEffort: 'low' })
const model = createLMStudio({ fetch: createMockLMStudio().fetch })(local.modelId)
const { content } = await model.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello.' }] }] })
if (!content.some(({ type }) => type === 'text')) throw new Error('doGenerate returned no text')
console.log(`${content.length} parts from ${model.provider}`)

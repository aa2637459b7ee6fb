import {
  runTools,
  streamTools,
  tool,
  type CallOptions,
  type ModelProvider,
  type RunToolsRequest,
  type RunToolsResult,
} from 'lmstudio-provider'
import * as v from 'valibot'
import { toolCall, withToolCalls } from './fake-provider.js'

/** A tool with validated arguments. */
export const weather = tool({
  name: 'get_weather',
  description: 'Returns the weather of a city.',
  parameters: v.object({ city: v.string() }),
  execute: ({ city }) => `Rain in ${city}`,
})

export const request = { model: 'fake', prompt: 'A coat?', tools: [weather] } satisfies RunToolsRequest

/** A response that calls {@link weather}. */
export const CALLS_WEATHER = withToolCalls(toolCall('get_weather', { city: 'Oslo' }))

/** A response that ends the loop. */
export const FINAL = { text: 'Yes.' }

/** Both ways to run the loop, which must behave alike. */
export const variants: readonly (readonly [
  string,
  (provider: ModelProvider, request: RunToolsRequest, options?: CallOptions) => Promise<RunToolsResult>,
])[] = [
  ['runTools', runTools],
  ['streamTools', (provider, loopRequest, options) => streamTools(provider, loopRequest, options).response],
]

import type { Tool } from './types.js'

/** The tool that a call names: LM Studio shows the model names in snake_case, so `getWeather` comes back as `get_weather`. */
export function findTool(tools: readonly Tool[], name: string): Tool | undefined {
  const exact = tools.find((tool) => tool.name === name)
  if (exact !== undefined) return exact
  const similar = tools.filter((tool) => fold(tool.name) === fold(name))
  return similar.length === 1 ? similar[0] : undefined
}

const fold = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

import { normalizeToolName } from '../generation/tool-names.js'

/**
 * Finds the tool that a call names. LM Studio shows tool names to the model in snake_case, so `getWeather` comes back as
 * `get_weather`. A name that resembles several tools matches none.
 */
export function findTool<T extends { readonly name: string }>(tools: readonly T[], name: string): T | undefined {
  const exact = tools.find((tool) => tool.name === name)
  if (exact !== undefined) return exact
  const similar = tools.filter((tool) => normalizeToolName(tool.name) === normalizeToolName(name))
  return similar.length === 1 ? similar[0] : undefined
}

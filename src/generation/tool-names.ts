/** The names of a request's tools, as far as a server that spells them its own way can be understood. */
export class ToolNames {
  readonly isEmpty: boolean
  readonly #names: Set<string>
  #beginnings: Set<string> | undefined

  constructor(names: readonly string[]) {
    this.isEmpty = names.length === 0
    this.#names = new Set(names.map(normalizeToolName))
  }

  isKnown(name: string): boolean {
    return this.#names.has(normalizeToolName(name))
  }

  /** Whether more characters can make this the name of a tool. */
  canGrow(name: string): boolean {
    this.#beginnings ??= new Set([...this.#names].flatMap(beginnings))
    return this.#beginnings.has(normalizeToolName(name))
  }
}

const beginnings = (name: string): string[] => Array.from(name, (_, length) => name.slice(0, length))

/** Returns a name in the form in which names are compared: LM Studio shows tool names to the model in snake_case. */
export const normalizeToolName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

import MagicString from 'magic-string'
import { parseSync, type Plugin } from 'vite'

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** Positions at which a line break changes nothing: before the names of imports and exports, and before operands. */
const BREAKS: Readonly<Record<string, (node: Node) => unknown>> = {
  ImportDeclaration: ({ specifiers }) => specifiers,
  ExportNamedDeclaration: ({ specifiers }) => specifiers,
  LogicalExpression: ({ right }) => [right],
  ConditionalExpression: ({ consequent, alternate }) => [consequent, alternate],
  ArrayExpression: ({ elements }) => elements,
  ObjectExpression: ({ properties }) => properties,
}

/** Breaks the lines of the output that are longer than `maxLength`: the long lists of names that the bundler writes, above all. */
export function breakLongLines(maxLength: number, width = 120): Plugin {
  return {
    name: 'break-long-lines',
    // After Vite's own, which print the code again.
    enforce: 'post',
    renderChunk(code) {
      const lines = code.split('\n')
      if (lines.every((line) => line.length <= maxLength)) return null
      const breaks = positionsOf(parseSync('chunk.js', code).program as unknown as Node).toSorted((a, b) => a - b)
      const output = new MagicString(code)
      let start = 0
      for (const line of lines) {
        const end = start + line.length
        if (line.length > maxLength) {
          let lineStart = start
          const inLine = breaks.filter((position) => position > start && position < end)
          inLine.forEach((position, index) => {
            const next = inLine[index + 1] ?? end
            if (next - lineStart <= width) return
            output.appendLeft(position, '\n\t')
            lineStart = position
          })
        }
        start = end + 1
      }
      return { code: output.toString(), map: output.generateMap({ hires: 'boundary' }) }
    },
  }
}

function positionsOf(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(positionsOf)
  if (typeof value !== 'object' || value === null) return []
  const node = value as Node
  const here = [BREAKS[node.type]?.(node) ?? []].flat().filter((part): part is Node => part !== null)
  return [...here.map((part) => part.start), ...Object.values(node).flatMap(positionsOf)]
}

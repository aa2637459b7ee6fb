import { estimateTokens } from '../lib/estimate-tokens.js'

/** A text file that is sent with a message. */
export interface TextFile {
  readonly name: string
  readonly text: string
}

const MAX_BYTES = 2_000_000

/**
 * Reads a text file.
 *
 * @throws Error The file is too large or not a text.
 */
export async function readTextFile(file: File): Promise<TextFile> {
  if (file.size > MAX_BYTES) throw new Error(`“${file.name}” is larger than 2 MB.`)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
    if (!text.includes('\0')) return { name: file.name, text: text.replaceAll('\r\n', '\n') }
  } catch {
    // Reported below.
  }
  throw new Error(`“${file.name}” is not an image or a text file.`)
}

/** The text of a message with its files, as it is sent to the model. */
export function withFiles(text: string, files: readonly TextFile[]): string {
  const parts = files.map((file) => `<file name="${file.name.replaceAll('"', '&quot;')}">\n${file.text}\n</file>`)
  return [...parts, text].filter((part) => part !== '').join('\n\n')
}

/** The estimated number of tokens of a file. */
export const fileTokens = (file: TextFile): number => estimateTokens(withFiles('', [file]))

import type { LanguageModelV3ToolResultOutput } from '@ai-sdk/provider'
import { InvalidRequestError } from '../errors/errors.js'
import type { ContentPart } from '../types.js'
import { type FilePart, tryContentPart } from './files.js'

/** What the model receives of the result of a tool. */
interface ToolContent {
  readonly text: string
  /** Images, which a tool message cannot hold. */
  readonly images: readonly ContentPart[]
}

type ContentOutput = Extract<LanguageModelV3ToolResultOutput, { type: 'content' }>['value'][number]

/**
 * Maps the result of a tool.
 *
 * @throws {@link InvalidRequestError} the result cannot be expressed as JSON
 */
export function toToolContent(
  { output, toolName }: { readonly output: LanguageModelV3ToolResultOutput; readonly toolName: string },
  warn: (feature: string) => void,
): ToolContent {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return { text: output.value, images: [] }
    case 'json':
    case 'error-json':
      return { text: toJSON(output.value, toolName), images: [] }
    case 'execution-denied':
      return { text: output.reason ?? 'The user denied the execution of this tool.', images: [] }
    case 'content':
      return joinParts(output.value, warn)
  }
}

function toJSON(value: unknown, toolName: string): string {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new InvalidRequestError(`The result of the tool ${toolName} cannot be serialized as JSON.`, {
      cause,
      hint: 'Return only values that JSON can express: no BigInt and no circular reference.',
    })
  }
}

function joinParts(parts: readonly ContentOutput[], warn: (feature: string) => void): ToolContent {
  const texts: string[] = []
  const images: ContentPart[] = []
  for (const part of parts) {
    const mapped = part.type === 'text' ? part : toPart(part)
    if (mapped?.type === 'text') texts.push(mapped.text)
    else if (mapped?.type === 'image') images.push(mapped)
    else warn(`${part.type} parts in tool results`)
  }
  if (texts.length === 0) texts.push(images.length > 0 ? 'The result is attached as an image.' : 'Done.')
  return { text: texts.join('\n'), images }
}

function toPart(part: Exclude<ContentOutput, { type: 'text' }>): ContentPart | undefined {
  switch (part.type) {
    case 'image-data':
    case 'file-data':
      return tryContentPart(part)
    case 'image-url':
    case 'file-url':
      return fromURL(part.url)
    default: {
      // `ai` 7 passes inline text on as it is.
      const { data, mediaType } = part as Partial<FilePart>
      return mediaType === undefined ? undefined : tryContentPart({ data, mediaType })
    }
  }
}

/** The server does not fetch URLs, and the AI SDK does not download those of tool results: the model receives the URL. */
function fromURL(url: string): ContentPart | undefined {
  if (url.startsWith('data:image/')) return { type: 'image', image: url }
  return url.startsWith('data:') ? undefined : { type: 'text', text: url }
}

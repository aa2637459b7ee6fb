import type { LanguageModelV3ToolResultOutput } from '@ai-sdk/provider'
import type { ContentPart } from '../types.js'
import { type FilePart, tryContentPart } from './files.js'

/** What the model receives of the result of a tool. */
interface ToolContent {
  readonly text: string
  /** Images, which a tool message cannot hold. */
  readonly images: readonly ContentPart[]
}

type ContentOutput = Extract<LanguageModelV3ToolResultOutput, { type: 'content' }>['value'][number]

/** Maps the result of a tool. */
export function toToolContent(output: LanguageModelV3ToolResultOutput, warn: (feature: string) => void): ToolContent {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return { text: output.value, images: [] }
    case 'json':
    case 'error-json':
      return { text: JSON.stringify(output.value), images: [] }
    case 'execution-denied':
      return { text: output.reason ?? 'The user denied the execution of this tool.', images: [] }
    case 'content':
      return joinParts(output.value, warn)
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

import type { CallOptions } from '../config/options.js'
import { toImageURL } from '../generation/images.js'
import type { ModelProvider } from '../provider.js'
import type { ContentPart, ToolCall, UserMessage } from '../types.js'
import { withLimit } from '../utils/limit.js'
import { describeMedia, type Media } from './media.js'

/** The provider of a tool loop, which may report what a model can do. */
export type CapableProvider = Partial<Pick<ModelProvider, 'modelCapabilities'>>

/** Resolves to the reason for which the model cannot be shown images; `undefined` if it can. Never rejects. */
export type BlindnessCheck = () => Promise<string | undefined>

// Enough for a server that reads its list of models. The tools have already run, so the loop must continue without the list.
const MAX_WAIT_MS = 10_000

/**
 * Creates the check whether a model sees images. The provider is queried once, when a tool first returns an image.
 *
 * @param hasImages - whether the conversation contains images, which counts where the provider does not know
 */
export function createBlindnessCheck(
  provider: CapableProvider,
  { model, hasImages }: { readonly model: string | undefined; readonly hasImages: boolean },
  options: CallOptions,
): BlindnessCheck {
  let reason: Promise<string | undefined> | undefined
  const findVision = async (): Promise<boolean | undefined> => {
    if (model === undefined) return undefined
    const capabilities = (async () => provider.modelCapabilities?.(model, options))()
    const limit = { ms: MAX_WAIT_MS, signal: options.signal, onExpired: () => undefined }
    return (await withLimit(capabilities, limit).catch(() => undefined))?.vision
  }
  const findReason = async (): Promise<string | undefined> => {
    const vision = (await findVision()) ?? (hasImages || undefined)
    if (vision === true) return undefined
    return vision === false ? 'the model cannot see images' : 'it is not known whether the model can see images'
  }
  return () => (reason ??= findReason())
}

/** Writes the note of each medium; returns the images to show, as data URLs. Never rejects. */
export async function showMedia(media: readonly Media[], findBlindness: BlindnessCheck): Promise<string[]> {
  const images: string[] = []
  for (const one of media) {
    try {
      const { bytes, type } = await one.read()
      const description = describeMedia(type, bytes.length)
      const result = type.startsWith('image/') ? await prepare(bytes, findBlindness) : { reason: undefined }
      if ('url' in result) images.push(result.url)
      one.note =
        'url' in result
          ? `[image ${images.length}: ${description}, shown in the next user message]`
          : `[${description}, not shown${result.reason === undefined ? '' : `: ${result.reason}`}]`
    } catch {
      one.note = '[binary data, not shown: it cannot be read]'
    }
  }
  return images
}

async function prepare(
  bytes: Uint8Array,
  findBlindness: BlindnessCheck,
): Promise<{ readonly url: string } | { readonly reason: string }> {
  const reason = await findBlindness()
  if (reason !== undefined) return { reason }
  try {
    return { url: await toImageURL(bytes, []) }
  } catch {
    return { reason: 'this format cannot be sent' }
  }
}

/** Images in the result of a call, as data URLs. */
export interface ShownImages {
  readonly toolCall: ToolCall
  readonly images: readonly string[]
}

/** Returns the message that shows the images of a round: the results themselves can only be text. */
export function toImageMessage(shown: readonly ShownImages[]): UserMessage | undefined {
  const content = shown.flatMap(({ toolCall: { id, name }, images }) =>
    images.flatMap((image, index): ContentPart[] => [
      { type: 'text', text: `Image ${index + 1} in the result of ${name} (${id}):` },
      { type: 'image', image },
    ]),
  )
  return content.length === 0 ? undefined : { role: 'user', content }
}

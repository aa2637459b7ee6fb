import { routeError, throwError } from '../replies/errors.js'
import type { DiskModel } from '../state.js'
import type { PromptDraft } from './prompt-draft.js'

/** PNG and JPEG only: WebP was refused on 0.4.9, remote addresses are refused everywhere (docs/http-api.md 9.5). */
const dataURL = /^data:image\/(?:png|jpe?g);base64,[A-Za-z0-9+/]+=*$/u

/** Returns whether an image is one that LM Studio decodes. */
export const isImageURL = (url: unknown): url is string => typeof url === 'string' && dataURL.test(url)

/** Sends a 400 for images to a model that cannot see them (docs/http-api.md 9.5). */
export function checkImages({ route, messages }: PromptDraft, model: DiskModel): void {
  if (model.type === 'vlm' || messages.every(({ images }) => images.length === 0)) return
  throwError(routeError(route, 'Model does not support images. Please use a model that does.'))
}

/** PNG and JPEG only: WebP was refused on 0.4.9, remote addresses are refused everywhere (docs/http-api.md 9.5). */
const dataURL = /^data:image\/(?:png|jpe?g);base64,[A-Za-z0-9+/]+=*$/u

/** Returns whether an image is one that LM Studio decodes. */
export const isImageURL = (url: unknown): url is string => typeof url === 'string' && dataURL.test(url)

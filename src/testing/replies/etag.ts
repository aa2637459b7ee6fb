import { characters } from '../generate/random.js'

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Returns a weak ETag in Express's form: the length in hexadecimal and 27 characters that depend on the content. */
export const weakETag = (body: string, byteLength: number): string =>
  `W/"${byteLength.toString(16)}-${characters(body, 27, base64)}"`

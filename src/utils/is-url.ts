/** Whether a text is a URL. `URL.canParse` is newer than the oldest browsers. */
export function isURL(text: string): boolean {
  try {
    return new URL(text).href !== ''
  } catch {
    return false
  }
}

/** Formats JSON; returns any other text unchanged. */
export function pretty(text: string): { readonly text: string; readonly isJSON: boolean } {
  try {
    return { text: JSON.stringify(JSON.parse(text), null, 2), isJSON: true }
  } catch {
    return { text, isJSON: false }
  }
}

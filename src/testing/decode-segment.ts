/** Decodes a path segment; returns it unchanged when its percent-encoding is invalid. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

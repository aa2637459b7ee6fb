import type { TextFile } from '../../chat/text-file.js'

interface Draft {
  readonly text: string
  readonly images: readonly string[]
  readonly files: readonly TextFile[]
}

/** Unsent messages by conversation. They survive closing the view and losing the server. */
export const drafts = new Map<string, Draft>()

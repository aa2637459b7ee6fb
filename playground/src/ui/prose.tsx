import type { ComponentChildren } from 'preact'
import { CopyButton } from './copy-button.js'

const CODE = /`([^`]+)`|\b(lms(?: (?:&&|<[\w-]+>|[\w-]+))+)/g

// Hints of the library address developers. Here the reader has form fields instead of options.
export const PAGE_WORDING = [
  ['Set `allowRemote: true`', 'Select “Allow endpoints outside this network”'],
  ['pass it as `apiToken`', 'enter it as API token above'],
  ['What had arrived is in `partial`.', 'The text so far is kept.'],
  ['lms server start (with --cors for web pages)', 'lms server start --cors'],
] as const

/** A message or hint of the library, reworded for this page, with code and copyable commands. */
export function Prose({ text }: { readonly text: string }) {
  let reworded = text
  for (const [libraryText, pageText] of PAGE_WORDING) reworded = reworded.replace(libraryText, pageText)
  const parts: ComponentChildren[] = []
  let end = 0
  for (const { 0: whole, 1: code, 2: command, index } of reworded.matchAll(CODE)) {
    parts.push(reworded.slice(end, index), command === undefined ? <code>{code}</code> : <Command text={command} />)
    end = index + whole.length
  }
  return <>{[...parts, reworded.slice(end)]}</>
}

/** A command on one line with a copy button. */
function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <CopyButton text={text} what={text} />
    </span>
  )
}

import type { ComponentChildren } from 'preact'
import { CopyButton } from './copy-button.js'

const CODE = /`([^`]+)`|\b(lms(?: (?:&&|<[\w-]+>|[\w-]+))+)/g

// The library speaks to who writes the code; here a person has fields, and LM Studio must always let pages in.
const IN_THIS_PAGE = [
  ['Set `allowRemote: true`', 'Tick “Allow endpoints outside this network”'],
  ['pass it as `apiToken`', 'enter it above as API token'],
  ['What had arrived is in `partial`.', 'What had arrived is kept.'],
  ['lms server start (with --cors for web pages)', 'lms server start --cors'],
] as const

/** A sentence of the library for this page: code set apart, and commands ready to be copied. */
export function Prose({ text }: { readonly text: string }) {
  let said = text
  for (const [theirs, ours] of IN_THIS_PAGE) said = said.replace(theirs, ours)
  const parts: ComponentChildren[] = []
  let end = 0
  for (const { 0: whole, 1: code, 2: command, index } of said.matchAll(CODE)) {
    parts.push(said.slice(end, index), command === undefined ? <code>{code}</code> : <Command text={command} />)
    end = index + whole.length
  }
  return <>{[...parts, said.slice(end)]}</>
}

/** A command in one piece, and a button that copies it. */
function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <CopyButton text={text} what={text} />
    </span>
  )
}

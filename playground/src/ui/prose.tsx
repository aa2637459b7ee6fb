import type { ComponentChildren } from 'preact'
import { rewordForPage } from '../lib/page-wording.js'
import { CopyButton } from './copy-button.js'

const CODE = /`([^`]+)`/g

/** A message or hint of the library, reworded for this page, with code and copyable commands. */
export function Prose({ text }: { readonly text: string }) {
  const reworded = rewordForPage(text)
  const parts: ComponentChildren[] = []
  let end = 0
  for (const { 0: match, 1: code = '', index } of reworded.matchAll(CODE)) {
    const isCommand = code.startsWith('lms ')
    parts.push(reworded.slice(end, index), isCommand ? <Command text={code} /> : <code>{code}</code>)
    end = index + match.length
    // A command is on a line of its own, where punctuation would stand alone.
    if (isCommand) end += /^[.,;:]?\s*/.exec(reworded.slice(end))![0].length
  }
  return <>{[...parts, reworded.slice(end)]}</>
}

/** A command with a copy button, on a line of its own. */
function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <CopyButton text={text} what={text} />
    </span>
  )
}

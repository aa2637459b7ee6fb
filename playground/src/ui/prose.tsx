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
    parts.push(reworded.slice(end, index), code.startsWith('lms ') ? <Command text={code} /> : <code>{code}</code>)
    end = index + match.length
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

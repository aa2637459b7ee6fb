import { el } from '../dom.js'

const CODE = /`([^`]+)`|\b(lms(?: (?:&&|<[\w-]+>|[\w-]+))+)/g
const COPIED_MS = 2_000

// The library speaks to who writes the code; here a person has fields, and LM Studio must always let pages in.
const IN_THIS_PAGE = [
  ['Set `allowRemote: true`', 'Tick “Allow endpoints outside this network”'],
  ['pass it as `apiToken`', 'enter it above as API token'],
  ['lms server start (with --cors for web pages)', 'lms server start --cors'],
] as const

/** A sentence of the library for this page: code set apart, and commands ready to be copied. */
export function prose(text: string): (Node | string)[] {
  let said = text
  for (const [theirs, ours] of IN_THIS_PAGE) said = said.replace(theirs, ours)
  const parts: (Node | string)[] = []
  let end = 0
  for (const { 0: whole, 1: code, 2: command, index } of said.matchAll(CODE)) {
    parts.push(said.slice(end, index), command === undefined ? el('code', {}, code ?? '') : createCommand(command))
    end = index + whole.length
  }
  return [...parts, said.slice(end)].filter((part) => part !== '')
}

/** A command in one piece, and a button that copies it. */
function createCommand(command: string): HTMLElement {
  const code = el('code', {}, command)
  const label = el('span', {}, 'Copy')
  // The button says which command it is for, and, inside a live region, that it has been copied.
  const button = el(
    'button',
    { type: 'button', class: 'plain copy' },
    label,
    el('span', { class: 'hidden' }, ` ${command}`),
  )
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command)
      label.textContent = 'Copied'
    } catch {
      // No clipboard for this page; what is selected can be copied by hand.
      getSelection()?.selectAllChildren(code)
      label.textContent = 'Selected'
    }
    setTimeout(() => (label.textContent = 'Copy'), COPIED_MS)
  })
  return el('span', { class: 'command' }, code, button)
}

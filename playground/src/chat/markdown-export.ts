import { plural } from '../lib/format.js'
import { selectedPath } from './conversation.js'
import type { ChatMessage, Conversation } from './types.js'

const heading = (message: ChatMessage): string => (message.role === 'user' ? 'You' : message.model)

/** Returns the selected branch of a conversation as Markdown. */
export function toMarkdown(conversation: Conversation): string {
  const { title, system } = conversation
  const parts = [`# ${title}`]
  if (system.trim() !== '') parts.push(`> ${system.trim().replaceAll('\n', '\n> ')}`)
  for (const message of selectedPath(conversation)) {
    parts.push(`## ${heading(message)}`)
    if (message.role === 'user') {
      for (const { name, text } of message.files ?? []) parts.push(`**${name}**`, fenced(text))
      if (message.images.length > 0) parts.push(`*${plural(message.images.length, 'image')}*`)
    }
    if (message.text.trim() !== '') parts.push(message.text.trim())
  }
  return `${parts.join('\n\n')}\n`
}

/** Returns the text of all messages, for searching. */
export const textOf = ({ nodes }: Conversation): string =>
  Object.values(nodes)
    .map(({ text }) => text)
    .join('\n')

/** A code block whose fence is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`
}

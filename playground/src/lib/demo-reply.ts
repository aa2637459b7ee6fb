import type { MockReplyFunction } from 'lmstudio-provider/testing'

const ABOUT = `I am a **mock**: no model is running. This reply was streamed in the same format LM Studio uses, one event at a time.

Send \`lorem 300\` for a long reply that you can stop, or \`echo: anything\` to get your text back:

\`\`\`js
const lmstudio = createLMStudio()
for await (const text of lmstudio.stream({ model, prompt: 'Hi' }).textStream) show(text)
\`\`\`

| Feature | View |
| --- | --- |
| Server errors and faults | *Fault lab* |
| Raw requests and responses | *Inspector* |

To chat with a real model, open LM Studio, load a model and start the server with CORS enabled.
`

/** The attached files, which precede the text of a message. */
const FILES = /^(?:<file name="[^"]*">\n[^]*?\n<\/file>(?:\n\n|$))+/

/** The mock's reply in the playground. Requests with a built-in reply (`lorem 300`, `echo: …`, tools, a schema) keep it. */
export const demoReply: MockReplyFunction = ({ messages, prompt, tools, schema }) => {
  const lastMessage = messages.findLast(({ role }) => role === 'user')?.text ?? ''
  const typed = lastMessage.replace(FILES, '')
  const hasFiles = typed !== lastMessage
  const hasBuiltInReply = /^\s*(lorem \d+|echo:)/i.test(typed)
  if (prompt !== undefined || tools.length > 0 || schema !== undefined || (hasBuiltInReply && !hasFiles))
    return undefined
  // The built-in reply would not find the command after the files.
  if (/^\s*echo:/i.test(typed)) return typed.replace(/^\s*echo:\s?/i, '')
  const received = typed === '' ? 'The user attached files.' : `The user wrote: ${typed}`
  return {
    text: ABOUT,
    reasoning: `${received}\nA mock cannot answer that, so it explains what it is.`,
  }
}

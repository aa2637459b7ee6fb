import type { MockReplyFunction } from 'lmstudio-provider/testing'

const ABOUT = `I am a **mock**: no model runs here. Still, every byte of this came the way it comes from LM Studio, one event after another.

Write \`lorem 300\` for a long answer to stop, or \`echo: anything\` to hear it back:

\`\`\`js
const lmstudio = createLMStudio()
for await (const text of lmstudio.stream({ model, prompt: 'Hi' }).textStream) show(text)
\`\`\`

| What | Where |
| --- | --- |
| Things that go wrong | *Fault lab* |
| What went over the wire | *Inspector* |

Open LM Studio, load a model and start the server with CORS on: then a real model answers.
`

/** What a mock says here to whoever asks for nothing of its own (`lorem 300`, `echo: …`, tools, a schema). */
export const demoReply: MockReplyFunction = ({ messages, prompt, tools, schema }) => {
  const asked = messages.findLast(({ role }) => role === 'user')?.text ?? ''
  const isItsOwn = /^\s*(lorem \d+|echo:)/i.test(asked)
  if (prompt !== undefined || tools.length > 0 || schema !== undefined || isItsOwn) return undefined
  return { text: ABOUT, reasoning: `The person asks: ${asked}\nA mock cannot know, so it will say what it is.` }
}

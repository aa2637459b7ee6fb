import { signal } from '@preact/signals'
import type { MockLMStudio, MockLMStudioOptions } from 'lmstudio-provider/testing'

/**
 * The address the mock in this page goes by. Nobody can have it, and it is neither this machine's nor its network's, so
 * that no browser asks for a permission to reach it.
 */
export const MOCK_ENDPOINT = 'https://mock.invalid'

const DEFAULTS: MockLMStudioOptions = { tokensPerSecond: 60, loadDelayMs: 1200, reply: sayWhatItIs }

/** The mock in this page, once it has been asked for. `inject`, `configure` and `calls` are for the fault lab. */
export const mock = signal<MockLMStudio | undefined>(undefined)

let creating: Promise<MockLMStudio> | undefined

/** Makes the mock the first time; loaded only then. */
export function getMock(): Promise<MockLMStudio> {
  creating ??= import('lmstudio-provider/testing').then(({ createMockLMStudio }) => {
    const made = createMockLMStudio(DEFAULTS)
    mock.value = made
    return made
  })
  return creating
}

/** Says what it is to whoever does not ask for something of the mock's own (`lorem 300`, `echo: …`, tools, a schema). */
function sayWhatItIs({
  messages,
  prompt,
  tools,
  schema,
}: Parameters<NonNullable<MockLMStudioOptions['reply']>>[0]): ReturnType<NonNullable<MockLMStudioOptions['reply']>> {
  const asked = messages.findLast(({ role }) => role === 'user')?.text ?? ''
  const isItsOwn = /^\s*(lorem \d+|echo:)/i.test(asked)
  if (prompt !== undefined || tools.length > 0 || schema !== undefined || isItsOwn) return undefined
  return {
    reasoning: 'A mock cannot know the answer, so it will say what it is.',
    text: ABOUT,
  }
}

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
`

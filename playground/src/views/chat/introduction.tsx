import { readiness } from '../../chat/readiness.js'
import { send } from '../../chat/session.js'
import { isMock } from '../../state/connection.js'
import { EmptyState } from '../../ui/empty-state.js'

const PROMPTS = [
  'Explain recursion to a ten-year-old.',
  'Write a JavaScript function that removes duplicates from an array.',
  'Compare three ways to store dates in a table.',
  'Derive the quadratic formula step by step.',
] as const

/** The mock has no model, so its prompts show what it can do. */
const MOCK_PROMPTS = [
  'What are you?',
  'lorem 300',
  String.raw`echo: Euler’s identity is $e^{i\pi} + 1 = 0$.`,
  'echo: A list and a table:\n\n1. **Bold**\n2. `code`\n\n| A | B |\n| --- | ---: |\n| one | 1 |',
] as const

const LABELS: Readonly<Record<string, string>> = {
  'lorem 300': 'Stream a long reply',
  [MOCK_PROMPTS[2]]: 'Render a formula',
  [MOCK_PROMPTS[3]]: 'Render a list and a table',
}

/** An empty conversation with example prompts. */
export function Introduction() {
  const prompts = isMock.value === false ? PROMPTS : MOCK_PROMPTS
  const isReady = readiness.value.state === 'ready'
  return (
    <EmptyState icon="chat" title="Start a chat">
      <p>Attach images or text files, edit messages, and compare models. All versions are kept in this browser.</p>
      <ul class="prompts" aria-label="Example prompts">
        {prompts.map((prompt) => (
          <li key={prompt}>
            <button
              type="button"
              class="card-button prompt"
              disabled={!isReady}
              onClick={() => void send({ text: prompt, images: [] }, undefined)}
            >
              {LABELS[prompt] ?? prompt}
            </button>
          </li>
        ))}
      </ul>
    </EmptyState>
  )
}

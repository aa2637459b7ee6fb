// A page with `useChat` of the AI SDK that talks to LM Studio without a server of its own.
import { useChat } from '@ai-sdk/react'
import {
  type ChatTransport,
  convertToModelMessages,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
  type UIMessage,
  type UIMessageChunk,
} from 'ai'
import { createLMStudio } from 'lmstudio-provider/ai-sdk'
import { createElement, type ReactNode, useState } from 'react'
import { createRoot } from 'react-dom/client'

const endpoint = new URLSearchParams(location.search).get('endpoint')!
const model = createLMStudio({ endpoint })('acme/tern-4b')

const tideAt = tool({
  description: 'High water at a harbor',
  inputSchema: jsonSchema<{ harbor: string }>({
    type: 'object',
    properties: { harbor: { type: 'string' } },
    required: ['harbor'],
  }),
  execute: ({ harbor }) => `04:12 at ${harbor}`,
})

const transport: ChatTransport<UIMessage> = {
  async sendMessages({ messages, abortSignal }): Promise<ReadableStream<UIMessageChunk>> {
    const result = streamText({
      model,
      messages: await convertToModelMessages(messages),
      tools: { tideAt },
      stopWhen: stepCountIs(3),
      ...(abortSignal === undefined ? {} : { abortSignal }),
      // Shown in the page instead.
      onError: () => {},
    })
    return result.toUIMessageStream({ onError: (error) => (error as Error).message })
  },
  reconnectToStream: () => Promise.resolve(null),
}

const partToText = (part: UIMessage['parts'][number]): string => (part.type === 'text' ? part.text : '')

/** How far the server has processed the prompt, from 0 to 1. */
function progressOf({ parts }: UIMessage): number | undefined {
  const metadata = parts.flatMap((part) => (part.type === 'reasoning' ? [part.providerMetadata?.['lmstudio']] : []))
  return metadata[0]?.['progress'] as number | undefined
}

function Chat(): ReactNode {
  const { messages, sendMessage, status, stop, error } = useChat({ transport })
  const [text, setText] = useState('')
  const isBusy = status === 'submitted' || status === 'streaming'
  const items = messages.map(({ id, role, parts }) =>
    createElement('li', { key: id, 'data-role': role }, parts.map(partToText).join('')),
  )
  const last = messages.at(-1)
  return createElement(
    'form',
    {
      onSubmit: (event: { preventDefault(): void }) => {
        event.preventDefault()
        void sendMessage({ text })
      },
    },
    createElement('ul', null, items),
    createElement('input', {
      'aria-label': 'Message',
      value: text,
      onChange: (event: { target: { value: string } }) => setText(event.target.value),
    }),
    createElement('button', { disabled: isBusy }, 'Send'),
    createElement('button', { type: 'button', disabled: !isBusy, onClick: () => void stop() }, 'Stop'),
    createElement('progress', { value: last === undefined ? 0 : (progressOf(last) ?? 0) }),
    createElement('p', { role: 'alert' }, error?.message ?? ''),
  )
}

createRoot(document.querySelector('main')!).render(createElement(Chat))

import type { CompletionStream, LMStudioProvider, Message } from 'lmstudio-provider'
import type { AnswerView } from './views/answer.js'

export interface Conversation {
  /** Answers one message; settles when the answer has ended, in whichever way. */
  send(provider: LMStudioProvider, model: string, prompt: string, view: AnswerView): Promise<void>
  stop(): void
  clear(): void
}

/** What has been said, and the answer that is being given. */
export function createConversation(): Conversation {
  let messages: Message[] = []
  let running: CompletionStream | undefined

  return {
    async send(provider, model, prompt, view) {
      running?.abort()
      const said = messages
      said.push({ role: 'user', content: prompt })
      const stream = provider.stream({ model, messages: [...said] })
      running = stream
      let text = ''
      try {
        for await (const event of stream) {
          if (event.type === 'reasoning-delta') view.think(event.text)
          else if (event.type === 'text-delta') {
            text += event.text
            view.say(event.text)
          } else if (event.type === 'completion-end') view.finish(event.response)
        }
      } catch (error) {
        if ((error as Error).name === 'AbortError') view.stop()
        else view.fail(error)
      }
      if (text !== '') said.push({ role: 'assistant', content: text })
      if (running === stream) running = undefined
    },
    stop: () => running?.abort(),
    clear() {
      running?.abort()
      messages = []
    },
  }
}

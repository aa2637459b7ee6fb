import { EventSourceParserStream } from 'eventsource-parser/stream'
import { createParser } from 'eventsource-parser'
import { post } from './request.js'

const toText = (data) => (data === '[DONE]' ? undefined : JSON.parse(data).choices[0]?.delta?.content)

const READERS = {
  /** The parser, fed by our own loop. */
  async parser(url, onText) {
    const response = await post(url, true)
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    const waits = []
    const parser = createParser({
      onEvent({ data }) {
        const text = toText(data)
        const wait = text ? onText(text) : undefined
        if (wait) waits.push(wait)
      },
    })
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        parser.feed(decoder.decode(value, { stream: true }))
        if (waits.length > 0) await Promise.all(waits.splice(0))
      }
    } finally {
      await reader.cancel()
    }
  },
  /** The transform stream of the package. */
  async stream(url, onText) {
    const response = await post(url, true)
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    for await (const { data } of events) {
      const text = toText(data)
      const wait = text ? onText(text) : undefined
      if (wait) await wait
    }
  },
}

export const create = (variant = 'parser') => ({ stream: READERS[variant] })

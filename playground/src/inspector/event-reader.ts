/** One event of a stream. */
export interface StreamEvent {
  /** Counts from 0. */
  readonly index: number
  /** When its last byte arrived, in ms since the request started. */
  readonly at: number
  /** The `event:` field, or `message` without it; `comment` for a comment line. */
  readonly name: string
  readonly data: string
}

export interface EventReader {
  /** In order of arrival. The array grows in place. */
  readonly events: readonly StreamEvent[]
  /** Parses the chunks that are new since the previous call. */
  read(chunks: readonly { readonly at: number; readonly text: string }[]): void
  /** The text after the last complete event, if the stream broke. */
  rest(): string
}

/** Creates an incremental parser of event streams. Lenient on purpose: the Inspector shows what the server sent. */
export function createEventReader(): EventReader {
  const events: StreamEvent[] = []
  let seen = 0
  let pending = ''
  let block: string[] = []

  const add = (at: number, name: string, data: string): void => {
    events.push({ index: events.length, at, name, data })
  }

  function parseLine(text: string, at: number): void {
    if (text.startsWith(':')) return add(at, 'comment', text.slice(1).trim())
    if (text !== '') {
      block.push(text)
      return
    }
    if (block.length === 0) return
    let name = 'message'
    const data: string[] = []
    for (const field of block) {
      const [, key = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(field) ?? []
      if (key === 'data') data.push(value)
      else if (key === 'event') name = value
    }
    block = []
    add(at, name, data.join('\n'))
  }

  function append(text: string, at: number): void {
    const lines = (pending + text).split(/\r\n|\n|\r(?!$)/)
    pending = lines.pop()!
    // A trailing CR may be the first half of CRLF, so it stays pending.
    for (const line of lines) parseLine(line, at)
  }

  return {
    events,
    read(chunks) {
      for (; seen < chunks.length; seen++) append(chunks[seen]!.text, chunks[seen]!.at)
    },
    rest: () => [...block, pending].join('\n').trim(),
  }
}

/** One event of a stream as it came. */
export interface StreamEvent {
  /** Counts from 0. */
  readonly index: number
  /** When its last byte came, milliseconds since the request was made. */
  readonly at: number
  /** What `event:` says, `message` without it, `comment` for a line that only keeps the connection. */
  readonly name: string
  readonly data: string
}

export interface EventReader {
  /** Grows; in the order of arrival. */
  readonly events: readonly StreamEvent[]
  /** Reads the pieces it has not read yet. */
  read(chunks: readonly { readonly at: number; readonly text: string }[]): void
  /** What came after the last whole event: of a stream that broke, its last words. */
  rest(): string
}

/** Reads the events of a stream piece by piece. It judges nothing: what is there is shown. */
export function createEventReader(): EventReader {
  const events: StreamEvent[] = []
  let seen = 0
  let pending = ''
  let block: string[] = []

  const add = (at: number, name: string, data: string): void => {
    events.push({ index: events.length, at, name, data })
  }

  function line(text: string, at: number): void {
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

  function feed(text: string, at: number): void {
    const lines = (pending + text).split(/\r\n|\n|\r(?!$)/)
    pending = lines.pop()!
    // A CR at the very end may be half of CRLF: it waits.
    for (const one of lines) line(one, at)
  }

  return {
    events,
    read(chunks) {
      for (; seen < chunks.length; seen++) feed(chunks[seen]!.text, chunks[seen]!.at)
    },
    rest: () => [...block, pending].join('\n').trim(),
  }
}

import type { Token, Tokens } from 'marked'
import { heal } from './heal.js'
import { languageOf, lex, type Links } from './rules.js'

// A block that never ends must not be read from its beginning with every piece that comes: what of it is certain is
// given away, and the reader goes on from there.
const MOST_ITEMS = 20
const MOST_LINES = 40
const MOST_CHARACTERS = 6_000

/** Something to show. Of `list`, `table` and `code` with `isMore`, it goes on the block that was given before. */
export type Block =
  | { readonly kind: 'prose'; readonly tokens: Token[]; readonly raw: string }
  | { readonly kind: 'list' | 'table'; readonly tokens: Token[]; readonly isMore: boolean }
  | { readonly kind: 'code'; readonly text: string; readonly language: string; readonly isMore: boolean }

export interface Reading {
  /** What will not change any more. */
  readonly finished: readonly Block[]
  /** What is being written, as it can be shown now. */
  readonly tail: Block | undefined
}

/** Reads blocks of a text that comes in pieces. */
export interface BlockReader {
  /** The text that was read last gets longer. */
  read(more: string): Reading
  /** Nothing more will come. */
  end(): Reading
  /** Definitions of links so far. */
  readonly links: Links
  /** Whether there are more of them than when this was last asked. */
  hasNewLinks(): boolean
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/

export function createBlockReader(): BlockReader {
  const links: Links = {}
  /** What is not finished. */
  let rest = ''
  /** What makes `rest` the same block as what was given away of it: an opening fence, the head of a table. */
  let prefix = ''
  let open: 'list' | 'table' | 'code' | undefined
  let isCarriageReturn = false
  let isLinkNew = false

  const look = (isEnd: boolean): Reading => {
    const finished: Block[] = []
    for (;;) {
      const source = prefix + rest
      // A definition that is half written must not stay.
      const tokens = lex(isEnd ? source : heal(source), { ...links })
      let at = 0
      let tail: Token | undefined
      for (const [index, token] of tokens.entries()) {
        const end = at + token.raw.length
        // What has something behind it that is certain enough to be shown (heal.ts) will not change.
        const isDone = isEnd || tokens.slice(index + 1).some(({ type }) => type !== 'space')
        if (!isDone) {
          if (token.type !== 'space') tail = token
          break
        }
        at = end
        if (token.type === 'space') continue
        if (token.type === 'def') {
          const { tag, href, title } = token as Tokens.Def
          if (!(tag in links)) {
            links[tag] = { href, title }
            isLinkNew = true
          }
          continue
        }
        finished.push(toBlock(token, open === kindOf(token)))
        open = undefined
        prefix = ''
      }
      if (at > 0) {
        rest = source.slice(at)
        prefix = ''
      }
      if (tail === undefined) return { finished, tail: undefined }
      const isMore = open !== undefined && open === kindOf(tail)
      const sure = split(tail, prefix, prefix + rest)
      if (sure === undefined) return { finished, tail: toBlock(tail, isMore) }
      finished.push(
        ...lex(sure.shown, { ...links })
          .map((token) => toBlock(token, isMore))
          .slice(0, sure.kind === undefined ? undefined : 1),
      )
      ;({ prefix, rest, kind: open } = sure)
    }
  }

  return {
    links,
    hasNewLinks() {
      const isNew = isLinkNew
      isLinkNew = false
      return isNew
    },
    read(more) {
      let text = isCarriageReturn ? `\r${more}` : more
      isCarriageReturn = text.endsWith('\r')
      if (isCarriageReturn) text = text.slice(0, -1)
      rest += text.replace(/\r\n?/g, '\n')
      return look(false)
    },
    end() {
      return look(true)
    },
  }
}

function kindOf(token: Token): Block['kind'] {
  if (token.type === 'list' || token.type === 'table') return token.type
  return token.type === 'code' && FENCE.test(token.raw) ? 'code' : 'prose'
}

function toBlock(token: Token, isMore: boolean): Block {
  const kind = kindOf(token)
  if (kind === 'prose') return { kind, tokens: [token], raw: token.raw }
  if (kind !== 'code') return { kind, tokens: [token], isMore }
  const { text, lang } = token as Tokens.Code
  // Of a fence that is not closed, marked leaves out the last line's end.
  const isOpen = token.raw.endsWith('\n') && !/\n {0,3}(`{3,}|~{3,})[ \t]*\n$/.test(token.raw)
  return { kind, text: isOpen ? `${text.replace(/\n$/, '')}\n` : text, language: languageOf(lang), isMore }
}

interface Split {
  readonly kind: 'list' | 'table' | 'code' | undefined
  /** The source of what is certain. */
  readonly shown: string
  readonly prefix: string
  readonly rest: string
}

/** Divides a long block at a place before which nothing will change; `undefined` while it is short. */
function split(token: Token, prefix: string, source: string): Split | undefined {
  const kind = kindOf(token)
  if (kind === 'list') {
    const { items } = token as Tokens.List
    if (items.length <= MOST_ITEMS) return undefined
    const shown = items
      .slice(0, -2)
      .map(({ raw }) => raw)
      .join('')
    return source.startsWith(shown) ? { kind, shown, prefix: '', rest: source.slice(shown.length) } : undefined
  }
  const lines = source.split('\n')
  if (kind === 'table' || kind === 'code') {
    const head = kind === 'table' ? 2 : 1
    if (lines.length - head <= MOST_LINES) return undefined
    const top = prefix || `${lines.slice(0, head).join('\n')}\n`
    const shown = `${lines.slice(0, -2).join('\n')}\n`
    return { kind, shown, prefix: top, rest: source.slice(shown.length) }
  }
  if (source.length <= MOST_CHARACTERS) return undefined
  const before = source.slice(0, -200)
  const cut = Math.max(before.lastIndexOf('\n'), before.lastIndexOf(' ')) + 1 || before.length
  return { kind: undefined, shown: source.slice(0, cut), prefix: '', rest: source.slice(cut) }
}

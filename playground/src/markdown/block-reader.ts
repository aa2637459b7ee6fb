import type { Token, Tokens } from 'marked'
import { completeMarkdown } from './complete-markdown.js'
import { languageOf, lex, type Links } from './rules.js'

// A block beyond these limits is split, so that it is not parsed from its start with every delta: with N deltas that would
// take O(N²).
const MAX_ITEMS = 20
const MAX_LINES = 40
const MAX_CHARACTERS = 6_000

/** A block to show. A `list`, `table` or `code` block with `isContinuation` continues the previous block. */
export type Block =
  | { readonly kind: 'prose'; readonly tokens: Token[]; readonly raw: string }
  | { readonly kind: 'list' | 'table'; readonly tokens: Token[]; readonly isContinuation: boolean }
  | { readonly kind: 'code'; readonly text: string; readonly language: string; readonly isContinuation: boolean }

export interface ReadResult {
  /** Blocks that will not change. */
  readonly finished: readonly Block[]
  /** The block that is still changing, with its syntax completed. */
  readonly tail: Block | undefined
}

/** Parses a streaming text into blocks. */
export interface BlockReader {
  /** Appends to the text. */
  read(delta: string): ReadResult
  /** Ends the text. */
  end(): ReadResult
  /** The link definitions so far. */
  readonly links: Links
  /** Returns whether definitions were added since the previous call. */
  takeNewLinks(): boolean
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/

export function createBlockReader(): BlockReader {
  const links: Links = {}
  /** The text of unfinished blocks. */
  let rest = ''
  /** Repeats the start of a split block, so that `rest` parses as the same kind: an opening fence, a table header. */
  let prefix = ''
  let open: 'list' | 'table' | 'code' | undefined
  let hasPendingCarriageReturn = false
  let hasNewLinks = false

  const parse = (isEnd: boolean): ReadResult => {
    const finished: Block[] = []
    for (;;) {
      const source = prefix + rest
      // A copy of the links, because an incomplete definition must not be kept.
      const tokens = lex(isEnd ? source : completeMarkdown(source), { ...links })
      let at = 0
      let tail: Token | undefined
      for (const [index, token] of tokens.entries()) {
        const end = at + token.raw.length
        // A block that is followed by another visible block will not change.
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
            hasNewLinks = true
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
      const isContinuation = open !== undefined && open === kindOf(tail)
      const parts = split(tail, prefix, prefix + rest)
      if (parts === undefined) return { finished, tail: toBlock(tail, isContinuation) }
      finished.push(
        ...lex(parts.shown, { ...links })
          .map((token) => toBlock(token, isContinuation))
          .slice(0, parts.kind === undefined ? undefined : 1),
      )
      ;({ prefix, rest, kind: open } = parts)
    }
  }

  return {
    links,
    takeNewLinks() {
      const result = hasNewLinks
      hasNewLinks = false
      return result
    },
    read(delta) {
      let text = hasPendingCarriageReturn ? `\r${delta}` : delta
      // The next delta may start with the \n of a \r\n.
      hasPendingCarriageReturn = text.endsWith('\r')
      if (hasPendingCarriageReturn) text = text.slice(0, -1)
      rest += text.replace(/\r\n?/g, '\n')
      return parse(false)
    },
    end: () => parse(true),
  }
}

function kindOf(token: Token): Block['kind'] {
  if (token.type === 'list' || token.type === 'table') return token.type
  return token.type === 'code' && FENCE.test(token.raw) ? 'code' : 'prose'
}

function toBlock(token: Token, isContinuation: boolean): Block {
  const kind = kindOf(token)
  if (kind === 'prose') return { kind, tokens: [token], raw: token.raw }
  if (kind !== 'code') return { kind, tokens: [token], isContinuation }
  const { text, lang } = token as Tokens.Code
  // marked drops the last newline of a fence that is not closed.
  const isOpen = token.raw.endsWith('\n') && !/\n {0,3}(`{3,}|~{3,})[ \t]*\n$/.test(token.raw)
  return { kind, text: isOpen ? `${text.replace(/\n$/, '')}\n` : text, language: languageOf(lang), isContinuation }
}

interface Split {
  readonly kind: 'list' | 'table' | 'code' | undefined
  /** The source of the finished part. */
  readonly shown: string
  readonly prefix: string
  readonly rest: string
}

/** Splits a long block into a finished part and the rest. Returns `undefined` for a short block. */
function split(token: Token, prefix: string, source: string): Split | undefined {
  const kind = kindOf(token)
  if (kind === 'list') {
    const { items } = token as Tokens.List
    if (items.length <= MAX_ITEMS) return undefined
    const shown = items
      .slice(0, -2)
      .map(({ raw }) => raw)
      .join('')
    return source.startsWith(shown) ? { kind, shown, prefix: '', rest: source.slice(shown.length) } : undefined
  }
  const lines = source.split('\n')
  if (kind === 'table' || kind === 'code') {
    const headLines = kind === 'table' ? 2 : 1
    if (lines.length - headLines <= MAX_LINES) return undefined
    const head = prefix || `${lines.slice(0, headLines).join('\n')}\n`
    const shown = `${lines.slice(0, -2).join('\n')}\n`
    return { kind, shown, prefix: head, rest: source.slice(shown.length) }
  }
  if (source.length <= MAX_CHARACTERS) return undefined
  const before = source.slice(0, -200)
  const cut = Math.max(before.lastIndexOf('\n'), before.lastIndexOf(' ')) + 1 || before.length
  return { kind: undefined, shown: source.slice(0, cut), prefix: '', rest: source.slice(cut) }
}

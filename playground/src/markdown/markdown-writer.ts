import type { Token } from 'marked'
import { createBlockReader, type Block, type Reading } from './block-reader.js'
import { boxCode, colourCode, createCodeBox, type CodeBox } from './code-box.js'
import { createPace } from './pace.js'
import { patch } from './patch.js'
import { lex, toHTML } from './rules.js'
import { sanitise } from './sanitise.js'

// A frame at 60 Hz has 16 ms, which the rest of the page needs too.
const BUDGET_MS = 6
const SLICE = 1_000

/** Shows Markdown that comes in pieces. */
export interface MarkdownWriter {
  /** Shows more with the next frame. */
  write(text: string): void
  /** Nothing more will come: what was left open ends here. */
  end(): void
  /** Shows now what can be shown without holding up the page. */
  flush(): void
  /** Shows nothing more. */
  stop(): void
}

/** The block at the end of what is shown. */
interface Last {
  readonly kind: Block['kind']
  /** Its place among the children of the target. */
  readonly index: number
  /** Whether it is still being written. */
  isTail: boolean
  /** How many of its items or rows are finished. */
  kept: number
  readonly box?: CodeBox
}

/** Writes into an element that nobody else writes into. `onEnd` is called when everything is shown. */
export function createMarkdownWriter(target: HTMLElement, onEnd?: () => void): MarkdownWriter {
  const reader = createBlockReader()
  let waiting = ''
  let isEnding = false
  let isOver = false
  let last: Last | undefined
  /** Blocks with a link whose definition may follow. */
  let undefinedLinks: { readonly raw: string; readonly element: Element }[] = []

  const close = (): void => {
    if (last?.isTail === true) {
      if (last.kept > 0) patch(itemsOf(last)!, [], last.kept)
      else if (last.box === undefined) patch(target, [], last.index)
    }
    last?.box?.finish()
    last = undefined
  }

  const show = (block: Block, isTail: boolean): void => {
    const isMore = block.kind !== 'prose' && block.isMore
    const isSame = last !== undefined && last.kind === block.kind && (isMore || (last.isTail && last.kept === 0))
    if (!isSame) close()
    if (block.kind === 'code') return showCode(block, isTail)
    const elements = toElements(block.tokens)
    const at = (last ??= { kind: block.kind, index: target.childNodes.length, isTail, kept: 0 })
    at.isTail = isTail
    const items = itemsOf(at)
    if (at.kept > 0 && items !== undefined) {
      const more = [...(elements[0]?.querySelector('tbody') ?? elements[0])!.children]
      patch(items, more, at.kept)
    } else patch(target, elements, at.index)
    if (isTail) return
    const shown = at.kept > 0 ? [...itemsOf(at)!.children].slice(at.kept) : [...target.children].slice(at.index)
    for (const element of shown) colourCode(element)
    at.kept = itemsOf(at)?.children.length ?? 0
    if (block.kind !== 'prose') return
    if (shown.length === 1 && /\[[^\]]+\](?!\()/.test(block.raw))
      undefinedLinks.push({ raw: block.raw, element: target.children[at.index]! })
    last = undefined
  }

  const showCode = ({ text, language }: Block & { readonly kind: 'code' }, isTail: boolean): void => {
    if (last?.box === undefined) {
      const box = createCodeBox()
      last = { kind: 'code', index: target.childNodes.length, isTail, kept: 0, box }
      target.append(box.element)
    }
    last.isTail = isTail
    last.box!.write(text, language)
    if (!isTail) {
      last.box!.keep()
      last.kept++
    }
  }

  const itemsOf = ({ kind, index }: Last): Element | undefined => {
    const element = target.children[index]
    if (kind === 'list') return element
    return kind === 'table' ? (element?.querySelector('tbody') ?? undefined) : undefined
  }

  const showAll = ({ finished, tail }: Reading): void => {
    for (const block of finished) show(block, false)
    if (tail !== undefined) show(tail, true)
    else if (last?.isTail === true) close()
    if (reader.hasNewLinks()) linkAgain()
  }

  const linkAgain = (): void => {
    undefinedLinks = undefinedLinks.map(({ raw, element }) => {
      const [made] = toElements(lex(raw, reader.links))
      if (made === undefined || !element.isConnected) return { raw, element }
      element.replaceWith(made)
      colourCode(made)
      return { raw, element: made }
    })
  }

  const work = (): boolean => {
    const start = performance.now()
    while (waiting !== '' && performance.now() - start < BUDGET_MS) {
      const slice = waiting.slice(0, SLICE)
      waiting = waiting.slice(slice.length)
      showAll(reader.read(slice))
    }
    if (waiting !== '' || !isEnding || isOver) return waiting !== ''
    isOver = true
    showAll(reader.end())
    close()
    onEnd?.()
    return false
  }
  const pace = createPace(work)

  return {
    write(text) {
      waiting += text
      pace.wake()
    },
    end() {
      isEnding = true
      pace.wake()
    },
    flush() {
      if (work()) pace.wake()
    },
    stop: pace.stop,
  }
}

/** Blocks as the elements that show them. */
function toElements(tokens: Token[]): Element[] {
  const fragment = sanitise(toHTML(tokens))
  boxCode(fragment)
  return [...fragment.children].map((element) => (element instanceof HTMLTableElement ? withFrame(element) : element))
}

/** A table wider than the page is scrolled in a frame of its own. */
function withFrame(table: HTMLTableElement): Element {
  // Columns as wide as their text would move with every row that comes.
  table.style.minWidth = `${(table.rows[0]?.cells.length ?? 1) * 6}rem`
  const frame = document.createElement('div')
  frame.className = 'md-table'
  frame.tabIndex = 0
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', 'Table')
  frame.append(table)
  return frame
}

import type { Token } from 'marked'
import { createBlockReader, type Block } from './block-reader.js'
import { boxCode, createCodeBox, highlightCode, type CodeBox } from './code-box.js'
import { createFrameScheduler } from './frame-scheduler.js'
import { patch } from './patch.js'
import { isMathSettled, loadMath, mayHaveMath, renderMath } from './render-math.js'
import { lex, toHTML } from './rules.js'
import { sanitize } from './sanitize.js'
import { columnWidths, setColumns } from './table-columns.js'

// A frame at 60 Hz lasts 16 ms, and the rest of the page needs time too.
const BUDGET_MS = 6
/** Characters parsed between two looks at the clock: about 2 ms for paragraphs and short blocks. */
const SLICE = 250
/** The delimiter of a formula can be split between two deltas. */
const LONGEST_DELIMITER = 7

/** Renders streaming Markdown. */
export interface MarkdownWriter {
  /** Appends to the text. It is rendered with the next frame. */
  write(text: string): void
  /** Ends the text. Calls `onRendered` once all of it is rendered. */
  end(onRendered?: () => void): void
  /** Renders pending text now, by default for at most a few ms. */
  flush(budgetMs?: number): void
  /** Stops rendering. */
  stop(): void
}

/** The last rendered block. */
interface LastBlock {
  readonly kind: Block['kind']
  /** Index among the children of the target. */
  readonly index: number
  /** Whether it may still change. */
  isTail: boolean
  /** The number of finished items or rows. */
  finishedItems: number
  readonly box?: CodeBox
  /** Of the columns of a table, in rem. */
  widths: readonly number[]
}

/** Creates a writer that owns the content of `target`. */
export function createMarkdownWriter(target: HTMLElement): MarkdownWriter {
  const reader = createBlockReader()
  let pending = ''
  /** The end of the text that is already parsed. */
  let before = ''
  let hasEnded = false
  let isDone = false
  let onDone: (() => void) | undefined
  let last: LastBlock | undefined
  /** Blocks with a reference link whose definition may follow. */
  let unresolvedLinks: { readonly raw: string; readonly element: Element }[] = []

  // Measured once and before anything changes: measuring lays out all changes so far.
  const availableWidth = target.clientWidth

  const close = (): void => {
    if (last?.isTail === true) {
      if (last.finishedItems > 0) patch(itemsOf(last)!, [], last.finishedItems)
      else if (last.box === undefined) patch(target, [], last.index)
    }
    last?.box?.finish()
    last = undefined
  }

  const show = (block: Block, isTail: boolean): void => {
    const isContinuation = block.kind !== 'prose' && block.isContinuation
    const isSame =
      last !== undefined && last.kind === block.kind && (isContinuation || (last.isTail && last.finishedItems === 0))
    if (!isSame) close()
    if (block.kind === 'code') return showCode(block, isTail)
    const elements = toElements(block.tokens)
    last ??= { kind: block.kind, index: target.childNodes.length, isTail, finishedItems: 0, widths: [] }
    const current = last
    current.isTail = isTail
    const table = elements[0]?.querySelector('table') ?? undefined
    if (block.kind === 'table' && table !== undefined) {
      current.widths = columnWidths(table, current.widths)
      const shownTable = current.finishedItems > 0 ? target.children[current.index]!.querySelector('table')! : table
      setColumns(shownTable, current.widths, availableWidth)
    }
    const items = itemsOf(current)
    if (current.finishedItems > 0 && items !== undefined) {
      const more = [...(elements[0]?.querySelector('tbody') ?? elements[0])!.children]
      patch(items, more, current.finishedItems)
    } else patch(target, elements, current.index)
    if (isTail) return
    const shown =
      current.finishedItems > 0
        ? [...itemsOf(current)!.children].slice(current.finishedItems)
        : [...target.children].slice(current.index)
    for (const element of shown) highlightCode(element)
    current.finishedItems = itemsOf(current)?.children.length ?? 0
    if (block.kind !== 'prose') return
    if (shown.length === 1 && /\[[^\]]+\](?!\()/.test(block.raw))
      unresolvedLinks.push({ raw: block.raw, element: target.children[current.index]! })
    last = undefined
  }

  const showCode = ({ text, language }: Block & { readonly kind: 'code' }, isTail: boolean): void => {
    if (last?.box === undefined) {
      const box = createCodeBox()
      last = { kind: 'code', index: target.childNodes.length, isTail, finishedItems: 0, widths: [], box }
      target.append(box.element)
    }
    last.isTail = isTail
    last.box!.write(text, language)
    if (!isTail) {
      last.box!.commit()
      last.finishedItems++
    }
  }

  const itemsOf = ({ kind, index }: LastBlock): Element | undefined => {
    const element = target.children[index]
    if (kind === 'list') return element
    return kind === 'table' ? (element?.querySelector('tbody') ?? undefined) : undefined
  }

  const showTail = (tail: Block | undefined): void => {
    if (tail !== undefined) show(tail, true)
    else if (last?.isTail === true) close()
    if (reader.takeNewLinks()) resolveLinks()
  }

  /** Reads and shows pending text. The changing block is shown once, with the state after the last slice. */
  const readPending = (budgetMs: number): void => {
    if (pending === '') return
    const start = performance.now()
    let tail: Block | undefined
    do {
      const slice = pending.slice(0, SLICE)
      pending = pending.slice(slice.length)
      before = (before + slice).slice(-LONGEST_DELIMITER)
      const read = reader.read(slice)
      for (const block of read.finished) show(block, false)
      tail = read.tail
    } while (pending !== '' && performance.now() - start < budgetMs)
    showTail(tail)
  }

  const resolveLinks = (): void => {
    unresolvedLinks = unresolvedLinks.map(({ raw, element }) => {
      const [updated] = toElements(lex(raw, reader.links))
      if (updated === undefined || !element.isConnected) return { raw, element }
      element.replaceWith(updated)
      highlightCode(updated)
      return { raw, element: updated }
    })
  }

  const work = (budgetMs = BUDGET_MS): boolean => {
    // Text waits for the renderer of formulas, because text that follows a formula would move later.
    if (!isMathSettled() && mayHaveMath(before + pending)) {
      void loadMath().then(() => scheduler.schedule())
      return false
    }
    readPending(budgetMs)
    if (pending !== '' || !hasEnded || isDone) return pending !== ''
    isDone = true
    for (const block of reader.end().finished) show(block, false)
    showTail(undefined)
    close()
    onDone?.()
    return false
  }
  const scheduler = createFrameScheduler(work)

  return {
    write(text) {
      pending += text
      scheduler.schedule()
    },
    end(onRendered) {
      hasEnded = true
      onDone = onRendered
      scheduler.schedule()
    },
    flush(budgetMs) {
      if (work(budgetMs)) scheduler.schedule()
    },
    stop: scheduler.stop,
  }
}

/** Renders blocks as elements. */
function toElements(tokens: Token[]): Element[] {
  const fragment = sanitize(toHTML(tokens))
  boxCode(fragment)
  renderMath(fragment)
  for (const element of fragment.children) {
    if (!element.matches('.md-code, .md-math')) element.setAttribute('dir', 'auto')
  }
  return [...fragment.children].map((element) => (element instanceof HTMLTableElement ? withFrame(element) : element))
}

/** Wraps a table in a frame that scrolls sideways. */
function withFrame(table: HTMLTableElement): Element {
  const frame = document.createElement('div')
  frame.className = 'md-table'
  frame.tabIndex = 0
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', 'Table')
  frame.append(table)
  return frame
}

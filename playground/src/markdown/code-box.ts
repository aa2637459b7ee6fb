import { colourLater } from './colour.js'

/** A block of code: its language, a button that copies it, and the code. */
export interface CodeBox {
  readonly element: HTMLElement
  /** Says what the lines are that are being written. */
  write(text: string, language: string): void
  /** Those lines are whole, more will follow. */
  keep(): void
  /** No more will follow. */
  finish(): void
}

export function createCodeBox(): CodeBox {
  const element = make('div', 'md-code')
  const head = make('div', 'md-code-head')
  const name = make('span', 'md-code-language')
  const copy = make('button', 'button button-quiet button-small')
  Object.assign(copy, { type: 'button', textContent: 'Copy' })
  copy.dataset.copy = ''
  head.append(name, copy)
  const pre = make('pre')
  pre.tabIndex = 0
  pre.setAttribute('role', 'group')
  const code = make('code')
  pre.append(code)
  element.append(head, pre)
  let language: string | undefined
  let last = code.appendChild(new Text())
  return {
    element,
    write(text, spoken) {
      if (language !== spoken) {
        language = spoken
        element.dataset.language = spoken
        name.textContent = spoken || 'text'
        copy.setAttribute('aria-label', spoken === '' ? 'Copy the code' : `Copy the ${spoken} code`)
        pre.setAttribute('aria-label', spoken === '' ? 'Code' : `Code, ${spoken}`)
      }
      if (text.startsWith(last.data)) last.appendData(text.slice(last.data.length))
      else last.data = text
    },
    keep() {
      if (last.data === '') return
      // In a group of their own, lines need not be laid out again with those that follow.
      const group = make('span', 'md-lines')
      last.replaceWith(group)
      group.append(last)
      last = code.appendChild(new Text())
    },
    finish() {
      // The line's end before the closing fence belongs to the fence.
      if (last.data === '') last.remove()
      const end = code.lastChild?.lastChild ?? code.lastChild
      if (end instanceof Text && end.data.endsWith('\n')) end.deleteData(end.data.length - 1, 1)
      colourLater(code, language ?? '')
    },
  }
}

/** Makes code inside of lists and quotes what code outside of them is, but for its colours. */
export function boxCode(fragment: DocumentFragment): void {
  for (const pre of fragment.querySelectorAll('pre')) {
    const box = createCodeBox()
    box.write(pre.textContent.replace(/\n$/, ''), pre.firstElementChild?.className ?? '')
    pre.replaceWith(box.element)
  }
}

/** Colours code inside of what is finished. */
export function colourCode(element: Element): void {
  for (const code of element.querySelectorAll<HTMLElement>('.md-code code')) {
    colourLater(code, code.closest<HTMLElement>('.md-code')!.dataset.language!)
  }
}

const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, className = ''): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  return element
}

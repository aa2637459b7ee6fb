import { highlightLater } from './highlight-later.js'

/** A code block with its language and a copy button. */
export interface CodeBox {
  readonly element: HTMLElement
  /** Replaces the lines that are still changing. */
  write(text: string, language: string): void
  /** Marks those lines as final. More lines may follow. */
  commit(): void
  /** Ends the block and highlights it. */
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
    write(text, newLanguage) {
      if (language !== newLanguage) {
        language = newLanguage
        element.dataset.language = newLanguage
        name.textContent = newLanguage || 'text'
        copy.setAttribute('aria-label', newLanguage === '' ? 'Copy code' : `Copy ${newLanguage} code`)
        pre.setAttribute('aria-label', newLanguage === '' ? 'Code' : `Code, ${newLanguage}`)
      }
      if (text.startsWith(last.data)) last.appendData(text.slice(last.data.length))
      else last.data = text
    },
    commit() {
      if (last.data === '') return
      // A separate element, so that the browser does not lay out these lines again when more follow.
      const group = make('span', 'md-lines')
      last.replaceWith(group)
      group.append(last)
      last = code.appendChild(new Text())
    },
    finish() {
      // The newline before the closing fence belongs to the fence.
      if (last.data === '') last.remove()
      const end = code.lastChild?.lastChild ?? code.lastChild
      if (end instanceof Text && end.data.endsWith('\n')) end.deleteData(end.data.length - 1, 1)
      highlightLater(code, language ?? '')
    },
  }
}

/** Replaces the code blocks inside lists and quotes with code boxes, not yet highlighted. */
export function boxCode(fragment: DocumentFragment): void {
  for (const pre of fragment.querySelectorAll('pre')) {
    const box = createCodeBox()
    box.write(pre.textContent.replace(/\n$/, ''), pre.firstElementChild?.className ?? '')
    pre.replaceWith(box.element)
  }
}

/** Highlights the code boxes inside a finished element. */
export function highlightCode(element: Element): void {
  for (const code of element.querySelectorAll<HTMLElement>('.md-code code')) {
    highlightLater(code, code.closest<HTMLElement>('.md-code')!.dataset.language!)
  }
}

const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, className = ''): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  return element
}

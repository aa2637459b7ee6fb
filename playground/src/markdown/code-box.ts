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
        name.textContent = spoken || 'text'
        copy.setAttribute('aria-label', spoken === '' ? 'Copy the code' : `Copy the ${spoken} code`)
        pre.setAttribute('aria-label', spoken === '' ? 'Code' : `Code, ${spoken}`)
      }
      if (text.startsWith(last.data)) last.appendData(text.slice(last.data.length))
      else last.data = text
    },
    keep() {
      // In a group of their own, lines need not be laid out again with those that follow.
      const group = make('span', 'md-lines')
      last.replaceWith(group)
      group.append(last)
      last = code.appendChild(new Text())
    },
    finish() {
      colourLater(code, language ?? '')
    },
  }
}

/** Makes code inside of lists and quotes what code outside of them is. */
export function boxCode(element: Element): void {
  const blocks = element.matches('pre') ? [element] : element.querySelectorAll('pre')
  for (const pre of blocks) {
    const box = createCodeBox()
    box.write(pre.textContent.replace(/\n$/, ''), pre.firstElementChild?.className ?? '')
    pre.replaceWith(box.element)
    box.finish()
  }
}

const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, className = ''): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  return element
}

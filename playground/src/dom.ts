type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Makes an element. Children that are strings become text, never markup, so that nothing a model says can act. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children)
  return element
}

/** A card of the page with its heading. */
export function section(id: string, title: string, ...children: readonly (Node | string)[]): HTMLElement {
  const heading = el('h2', { id: `${id}-title` }, title)
  return el('section', { class: `card ${id}`, 'aria-labelledby': heading.id }, heading, ...children)
}

/** Scrolls to an element if its start is not in the visible area: below it on a narrow screen, above it after a long form. */
export function reveal(id: string): void {
  // Wait for the next render, which may create the element.
  requestAnimationFrame(() => {
    const element = document.querySelector(`#${id}`)
    if (element === null) return
    const { top } = element.getBoundingClientRect()
    const isAbove = top < Number.parseFloat(getComputedStyle(element).scrollMarginTop)
    if (isAbove || top > innerHeight * 0.8) element.scrollIntoView()
  })
}

/** Scrolls to an element if it starts below the visible area, as on a narrow screen. */
export function reveal(id: string): void {
  // Wait for the next render, which may create the element.
  requestAnimationFrame(() => {
    const element = document.querySelector(`#${id}`)
    if (element !== null && element.getBoundingClientRect().top > innerHeight * 0.8) element.scrollIntoView()
  })
}

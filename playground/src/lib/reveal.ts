/** Brings an element into sight that begins below what is seen, as on a narrow screen; leaves the page alone otherwise. */
export function reveal(id: string): void {
  // Behind the next rendering, which may only make it.
  requestAnimationFrame(() => {
    const element = document.querySelector(`#${id}`)
    if (element !== null && element.getBoundingClientRect().top > innerHeight * 0.8) element.scrollIntoView()
  })
}

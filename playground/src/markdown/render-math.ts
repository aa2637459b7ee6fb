import type { default as Temml } from 'temml'

const CACHED = 300

let temml: typeof Temml | undefined
let isSettled = false
let loading: Promise<void> | undefined

/** Rendered formulas, so that a formula in a growing paragraph is rendered once. */
const rendered = new Map<string, Node>()

/** Whether the text contains the start of a formula. */
export const mayHaveMath = (text: string): boolean => /\\[([]|\\begin\{|\$/.test(text)

/** Whether loading the renderer has ended, successfully or not. */
export const isMathSettled = (): boolean => isSettled

/** Loads the renderer. Never rejects: without the renderer, formulas show their source. */
export function loadMath(): Promise<void> {
  loading ??= import('./temml.js')
    .then(
      (module) => {
        temml = module.temml
      },
      () => {},
    )
    .then(() => {
      isSettled = true
    })
  return loading
}

/** Replaces the sources of formulas by MathML. A source with an error stays. */
export function renderMath(fragment: DocumentFragment): void {
  if (temml === undefined) return
  for (const element of fragment.querySelectorAll('.md-math')) {
    const isDisplay = element.classList.contains('md-math-display')
    const source = element.textContent
    const math = render(temml, source, isDisplay)
    if (math === undefined) element.classList.add('md-math-source')
    else element.replaceChildren(math)
  }
}

function render(library: typeof Temml, source: string, isDisplay: boolean): Node | undefined {
  const key = `${isDisplay} ${source}`
  const known = rendered.get(key)
  if (known !== undefined) return known.cloneNode(true)
  const target = document.createElement('span')
  try {
    // Sets styles through the CSSOM, which the Content-Security-Policy allows, and builds no HTML.
    library.render(source, target, { displayMode: isDisplay, throwOnError: true, annotate: false, macros: {} })
  } catch {
    return undefined
  }
  const math = target.firstElementChild
  if (math === null) return undefined
  // `\label` sets an id, and ids belong to the page.
  for (const one of math.querySelectorAll('[id]')) one.removeAttribute('id')
  if (rendered.size >= CACHED) rendered.delete(rendered.keys().next().value!)
  rendered.set(key, math)
  return math.cloneNode(true)
}

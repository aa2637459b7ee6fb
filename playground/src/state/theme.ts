import { effect, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const root = document.documentElement
const darkSystem = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(darkSystem.matches)
darkSystem.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches
})

/** What the person chose; public/theme.js has applied it before the first paint. */
export const theme = signal<Theme>((root.dataset.theme as Theme | undefined) ?? 'system')

/** What is seen, for what is painted on a canvas and so knows no style sheet. */
export const isDark = (): boolean => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark')

effect(() => {
  const chosen = theme.value
  if (chosen === 'system') delete root.dataset.theme
  else root.dataset.theme = chosen
  try {
    if (chosen === 'system') localStorage.removeItem('theme')
    else localStorage.setItem('theme', chosen)
  } catch {
    // Storage is off: it holds until the page is left.
  }
})

// Also where the attribute is set by somebody else: an extension, say, or a person in the developer tools.
new MutationObserver(() => {
  theme.value = (root.dataset.theme as Theme | undefined) ?? 'system'
}).observe(root, { attributeFilter: ['data-theme'] })

import { effect, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const root = document.documentElement
const darkSystem = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(darkSystem.matches)
darkSystem.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches
})

/** The user's choice. public/theme.js applies it before the first paint. */
export const theme = signal<Theme>((root.dataset.theme as Theme | undefined) ?? 'system')

/** Whether the page is dark now, for drawing on a canvas. */
export const isDark = (): boolean => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark')

effect(() => {
  const chosen = theme.value
  if (chosen === 'system') delete root.dataset.theme
  else root.dataset.theme = chosen
  try {
    if (chosen === 'system') localStorage.removeItem('theme')
    else localStorage.setItem('theme', chosen)
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
})

// The attribute can also be changed from outside, by an extension for example.
new MutationObserver(() => {
  theme.value = (root.dataset.theme as Theme | undefined) ?? 'system'
}).observe(root, { attributeFilter: ['data-theme'] })

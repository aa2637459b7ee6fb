import { theme, THEMES } from '../state/theme.js'
import { Icon } from '../ui/icon.js'

const ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const

/** A button that cycles through the themes. */
export function ThemeSwitch() {
  const current = theme.value
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length]!
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Theme: ${current}. Switch to ${next}`}
      title={`Theme: ${current}`}
      onClick={() => (theme.value = next)}
    >
      <Icon name={ICONS[current]} />
    </button>
  )
}

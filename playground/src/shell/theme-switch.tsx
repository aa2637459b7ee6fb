import { theme, THEMES } from '../state/theme.js'
import { Icon } from '../ui/icon.js'

const ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const

/** One button that goes through the three. */
export function ThemeSwitch() {
  const now = theme.value
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]!
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Theme: ${now}. Switch to ${next}`}
      title={`Theme: ${now}`}
      onClick={() => (theme.value = next)}
    >
      <Icon name={ICONS[now]} />
    </button>
  )
}

import type { ComponentProps } from 'preact'
import { Icon, type IconName } from './icon.js'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'class' | 'icon'> {
  /** @default `'plain'`; at most one `'primary'` per view */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly small?: boolean
  readonly icon?: IconName
  /** Shows a spinner. The button stays focusable but does nothing. */
  readonly busy?: boolean
}

export function Button({ kind = 'plain', small = false, icon, busy = false, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind}${small ? ' button-small' : ''}`}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A button with an icon only; `label` is its accessible name. */
export function IconButton({
  icon,
  label,
  ...rest
}: Omit<ButtonProps, 'kind' | 'small' | 'busy' | 'icon'> & { readonly icon: IconName; readonly label: string }) {
  return (
    <button type="button" {...rest} class="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  )
}

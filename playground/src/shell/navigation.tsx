import { useEffect, useRef } from 'preact/hooks'
import { linkTo, route, VIEWS } from '../state/route.js'
import { Icon } from '../ui/icon.js'

/** The list of views: at the side on wide screens, a bar that scrolls sideways on narrow ones. */
export function Navigation() {
  const list = useRef<HTMLUListElement>(null)
  const { view } = route.value
  useEffect(() => {
    const bar = list.current!
    // Runs again when the device is rotated.
    const observer = new ResizeObserver(() => {
      const current = bar.querySelector<HTMLElement>('[aria-current]')!
      bar.scrollLeft = current.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2
    })
    observer.observe(bar)
    return () => observer.disconnect()
  }, [view])
  return (
    <nav class="nav" aria-label="Views">
      <ul ref={list}>
        {VIEWS.map(({ name, label }) => (
          <li key={name}>
            <a href={linkTo(name)} aria-current={name === view ? 'page' : undefined}>
              <Icon name={name} />
              <span>{label}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

import { useEffect, useRef } from 'preact/hooks'
import { linkTo, route, VIEWS } from '../state/route.js'
import { Icon } from '../ui/icon.js'

/** Beside the view where there is room, a bar above it that scrolls sideways where there is not. */
export function Navigation() {
  const list = useRef<HTMLUListElement>(null)
  const { view } = route.value
  useEffect(() => {
    const bar = list.current!
    // Also when a phone is turned.
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

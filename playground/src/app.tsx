import type { ComponentType } from 'preact'
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks'
import { Header } from './shell/header.js'
import { Navigation } from './shell/navigation.js'
import { route, VIEWS, type ViewName } from './state/route.js'
import { ErrorNote } from './ui/error-note.js'
import { Toasts } from './ui/toast.js'

/** Loads each view when it is first opened. */
const LOADERS: Readonly<Record<ViewName, () => Promise<{ readonly View: ComponentType }>>> = {
  connect: () => import('./views/connect/index.js'),
  models: () => import('./views/models/index.js'),
  chat: () => import('./views/chat/index.js'),
  tools: () => import('./views/tools/index.js'),
  structured: () => import('./views/structured/index.js'),
  embeddings: () => import('./views/embeddings/index.js'),
  decisions: () => import('./views/decisions/index.js'),
  inspector: () => import('./views/inspector/index.js'),
  faults: () => import('./views/faults/index.js'),
}

export function App() {
  const { view } = route.value
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  const label = VIEWS.find(({ name }) => name === view)!.label

  useEffect(() => {
    document.title = `${label} – lmstudio-provider playground`
    // Screen readers announce the new view. On page load, the browser handles the focus.
    if (!isFirst.current) main.current?.focus()
    isFirst.current = false
    scrollTo(0, 0)
  }, [view])

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <Header />
      <div class="frame">
        <Navigation />
        <main ref={main} id="main" tabIndex={-1} aria-label={label} data-view={view}>
          <Lazy key={view} name={view} />
        </main>
      </div>
      <Toasts />
    </>
  )
}

function Lazy({ name }: { readonly name: ViewName }) {
  const [loaded, setLoaded] = useState<{ readonly View?: ComponentType; readonly error?: unknown }>({})
  const [crash, reset] = useErrorBoundary()
  useEffect(() => {
    let isUnmounted = false
    LOADERS[name]().then(
      ({ View }) => !isUnmounted && setLoaded({ View }),
      (error: unknown) => !isUnmounted && setLoaded({ error }),
    )
    return () => {
      isUnmounted = true
    }
  }, [name])
  const { View, error } = loaded
  if (crash !== undefined) return <ErrorNote error={crash} title="This view crashed." onRetry={reset} />
  if (error !== undefined) {
    return <ErrorNote error={error} title="This view could not be loaded." onRetry={() => location.reload()} />
  }
  return View === undefined ? <p class="quiet loading">Loading…</p> : <View />
}

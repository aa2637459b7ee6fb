import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Editor } from './code-mirror.js'
import './code-editor.css'

export interface CodeEditorHandle {
  /** Selects a line, counted from 1, and focuses the editor. */
  selectLine(line: number): void
}

interface CodeEditorProps {
  readonly label: string
  readonly language: 'json' | 'javascript'
  readonly value: string
  readonly onInput: (text: string) => void
  /** The height in lines. */
  readonly rows: number
  /** Lines to mark, counted from 1. */
  readonly marked?: readonly number[]
  readonly error?: string | undefined
  readonly isInvalid?: boolean
  readonly handle?: { current: CodeEditorHandle | null }
}

/** A code editor with highlighting, Tab and find. A plain text area takes its place until it is loaded. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, language, value, onInput, rows, marked = [], error, isInvalid = error !== undefined, handle } = props
  const [isReady, setReady] = useState(false)
  const host = useRef<HTMLDivElement>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const editor = useRef<Editor>(undefined)
  const latest = useRef(props)
  latest.current = props
  const id = useId()
  const lines = marked.join(' ')
  const attributes = { 'aria-label': label, 'aria-invalid': String(isInvalid), spellcheck: 'false', tabindex: '0' }

  useEffect(() => {
    let isUnmounted = false
    import('./code-mirror.js').then(
      ({ createEditor }) => {
        if (isUnmounted) return
        const root = host.current!.attachShadow({ mode: 'open' })
        const focusedAt = document.activeElement === area.current ? area.current?.selectionStart : undefined
        editor.current = createEditor(root, {
          text: latest.current.value,
          language,
          attributes,
          onInput: (text) => latest.current.onInput(text),
        })
        editor.current.markLines(latest.current.marked ?? [])
        if (focusedAt !== undefined && focusedAt !== null) editor.current.focusAt(focusedAt)
        setReady(true)
      },
      // The text area stays.
      () => {},
    )
    return () => {
      isUnmounted = true
      editor.current?.destroy()
      editor.current = undefined
    }
  }, [])

  useLayoutEffect(() => {
    // Set as a property: the Content-Security-Policy forbids style attributes.
    host.current?.parentElement?.style.setProperty('--rows', String(rows))
    editor.current?.setText(value)
  })
  useLayoutEffect(() => editor.current?.markLines(marked), [lines, isReady])
  useLayoutEffect(() => editor.current?.setAttributes(attributes), [isInvalid, isReady])

  if (handle !== undefined) {
    handle.current = {
      selectLine(line) {
        if (editor.current !== undefined) return editor.current.selectLine(line)
        const before = value.split('\n').slice(0, line - 1)
        const from = before.reduce((length, one) => length + one.length + 1, 0)
        area.current?.focus()
        area.current?.setSelectionRange(from, from + (value.split('\n')[line - 1]?.length ?? 0))
      },
    }
  }
  return (
    <div class="field">
      <label for={id} onClick={() => editor.current?.focusAt(0)}>
        {label}
      </label>
      <div class="code-editor" data-invalid={isInvalid || undefined}>
        {!isReady && (
          <textarea
            ref={area}
            id={id}
            class="input"
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            value={value}
            aria-invalid={isInvalid || undefined}
            onInput={({ currentTarget }) => onInput(currentTarget.value)}
          />
        )}
        <div ref={host} class="code-editor-host" hidden={!isReady} />
      </div>
      {error !== undefined && <p class="field-error">{error}</p>}
      <p class="field-hint">Tab indents. To leave the editor with the keyboard, press Escape, then Tab.</p>
    </div>
  )
}

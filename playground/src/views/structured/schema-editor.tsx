import { useRef } from 'preact/hooks'
import { Button } from '../../ui/button.js'
import { Select } from '../../ui/field.js'
import { formatSchema, PRESETS } from './presets.js'
import { checked, schemaText, usePreset } from './state.js'

const ROWS = 20

/** A text editor for the schema with line numbers and a list of problems. */
export function SchemaEditor() {
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const { schema, problems } = checked.value
  const text = schemaText.value
  const problemLines = new Set(problems.map(({ line }) => line))
  const preset = PRESETS.find((one) => formatSchema(one.schema) === text)

  const goTo = (line: number): void => {
    const lines = text.split('\n')
    const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
    area.current?.focus()
    area.current?.setSelectionRange(from, from + lines[line - 1]!.length)
  }
  const format = (): void => {
    if (schema !== undefined) schemaText.value = formatSchema(schema)
  }
  return (
    <div class="stack">
      <Select
        label="Example"
        value={preset?.name ?? ''}
        onChange={usePreset}
        options={[
          ...(preset === undefined ? [{ value: '', label: 'Custom schema' }] : []),
          ...PRESETS.map(({ name }) => ({ value: name, label: name })),
        ]}
      />
      <div class="field">
        <label for="schema">JSON Schema</label>
        <div class="editor">
          <div ref={gutter} class="editor-lines" aria-hidden="true">
            {text.split('\n').map((_, index) => (
              <div key={index} class={problemLines.has(index + 1) ? 'editor-wrong' : undefined}>
                {index + 1}
              </div>
            ))}
          </div>
          <textarea
            ref={area}
            id="schema"
            class="input"
            rows={ROWS}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            value={text}
            aria-invalid={schema === undefined || undefined}
            aria-describedby="schema-problems"
            onInput={({ currentTarget }) => (schemaText.value = currentTarget.value)}
            onScroll={({ currentTarget }) => {
              if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop
            }}
          />
        </div>
        <div id="schema-problems" class="editor-problems" role="status">
          {problems.length === 0 ? (
            <p class="field-hint">The schema is valid.</p>
          ) : (
            <ul>
              {problems.map(({ line, message }) => (
                <li key={`${line} ${message}`}>
                  <button type="button" class="editor-problem" onClick={() => goTo(line)}>
                    <strong>Line {line}</strong> {message.replaceAll('`', '')}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
        <div class="row">
          <Button small kind="quiet" disabled={schema === undefined} onClick={format}>
            Format
          </Button>
        </div>
      </div>
    </div>
  )
}

import { useRef } from 'preact/hooks'
import { Button } from '../../ui/button.js'
import { CodeEditor, type CodeEditorHandle } from '../../ui/code-editor.js'
import { Select } from '../../ui/field.js'
import { formatSchema, PRESETS } from './presets.js'
import { checked, schemaText, usePreset } from './state.js'

const ROWS = 20

/** The editor of the schema, with a list of its problems. */
export function SchemaEditor() {
  const editor = useRef<CodeEditorHandle>(null)
  const { schema, problems, isValid } = checked.value
  const text = schemaText.value
  const preset = PRESETS.find((one) => formatSchema(one.schema) === text)

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
      <CodeEditor
        handle={editor}
        label="JSON Schema"
        language="json"
        rows={ROWS}
        value={text}
        marked={problems.map(({ line }) => line)}
        isInvalid={!isValid}
        onInput={(value) => (schemaText.value = value)}
      />
      <div class="editor-problems" role="status">
        {problems.length === 0 ? (
          <p class="field-hint">The schema is valid.</p>
        ) : (
          <ul>
            {problems.map(({ line, message, severity }) => (
              <li key={`${line} ${message}`}>
                <button
                  type="button"
                  class={`editor-problem editor-${severity}`}
                  onClick={() => editor.current?.selectLine(line)}
                >
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
  )
}

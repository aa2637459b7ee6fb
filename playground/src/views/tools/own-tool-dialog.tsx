import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { sampleValue } from '../../lib/sample-value.js'
import { problemsOf, toTool, type OwnTool } from '../../tools/own-tool.js'
import { TIME_LIMIT_MS } from '../../tools/sandbox.js'
import { Button } from '../../ui/button.js'
import { CodeEditor } from '../../ui/code-editor.js'
import { Drawer } from '../../ui/dialog.js'
import { Select, TextArea, TextField } from '../../ui/field.js'
import { saveOwnTool, takenNames } from './own-tools.js'
import { selectTool } from './state.js'

interface OwnToolDialogProps {
  readonly tool: OwnTool
  readonly onClose: () => void
}

/** A form for a tool of the user's own. */
export function OwnToolDialog({ tool: original, onClose }: OwnToolDialogProps) {
  const draft = useSignal(original)
  const { name, description, parameters, kind, script, reply } = draft.value
  const update = (change: Partial<OwnTool>): void => {
    draft.value = { ...draft.value, ...change }
  }
  const problems = problemsOf(draft.value, takenNames())
  const isValid = Object.keys(problems).length === 0
  const save = (): void => {
    if (!isValid) return
    if (original.name !== name) selectTool(original.name, false)
    saveOwnTool(draft.value)
    selectTool(name, true)
    onClose()
  }
  return (
    <Drawer
      title={original.name === '' ? 'New tool' : `Edit ${original.name}`}
      onClose={onClose}
      footer={
        <>
          <Button kind="primary" disabled={!isValid} onClick={save}>
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          {!isValid && <span class="quiet small">{name === '' ? 'Enter a name first.' : 'Fix the errors first.'}</span>}
        </>
      }
    >
      <div class="stack">
        <TextField
          label="Name"
          placeholder="count_letters"
          autofocus={original.name === ''}
          value={name}
          error={name === '' ? undefined : problems.name}
          hint="The model sees it. Use lowercase letters, digits and underscores."
          onInput={(value) => update({ name: value.trim() })}
        />
        <TextArea
          label="Description"
          rows={2}
          placeholder="Tells the model what the tool does and when to call it."
          value={description}
          onInput={(value) => update({ description: value })}
        />
        <CodeEditor
          label="Schema of the arguments"
          language="json"
          rows={9}
          value={parameters}
          error={problems.parameters}
          onInput={(value) => update({ parameters: value })}
        />
        <Select
          label="Result"
          value={kind}
          options={[
            { value: 'script', label: 'JavaScript' },
            { value: 'fixed', label: 'Fixed reply' },
          ]}
          onChange={(value) => update({ kind: value as OwnTool['kind'] })}
        />
        {kind === 'script' ? (
          <>
            <CodeEditor
              label="Code"
              language="javascript"
              rows={9}
              value={script}
              onInput={(value) => update({ script: value })}
            />
            <p class="field-hint">
              The body of an async function with the parameter <code>args</code>. It runs in a sandbox without access to
              this page, its storage or the network, for at most {TIME_LIMIT_MS / 1000} seconds.
            </p>
          </>
        ) : (
          <TextArea
            label="Reply"
            hint="The model receives this text after every call."
            rows={4}
            value={reply}
            onInput={(value) => update({ reply: value })}
          />
        )}
        <Trial tool={draft.value} isValid={isValid} hasValidSchema={problems.parameters === undefined} />
      </div>
    </Drawer>
  )
}

interface TrialProps {
  readonly tool: OwnTool
  readonly isValid: boolean
  readonly hasValidSchema: boolean
}

/** Runs the tool once, without a model. The arguments follow the schema until the user edits them. */
function Trial({ tool, isValid, hasValidSchema }: TrialProps) {
  const typed = useSignal<string | undefined>(undefined)
  const sample = useRef('{}')
  // While the schema is being edited, the last sample stays.
  if (hasValidSchema) sample.current = JSON.stringify(sampleValue(JSON.parse(tool.parameters)), null, 2)
  const text = typed.value ?? sample.current
  const outcome = useSignal<{ readonly text: string; readonly isFailed: boolean } | undefined>(undefined)
  const isRunning = useSignal(false)
  const controller = useRef<AbortController>(undefined)
  const output = useRef<HTMLOutputElement>(null)
  useEffect(() => () => controller.current?.abort(), [])
  useEffect(() => {
    if (outcome.value !== undefined) output.current?.scrollIntoView({ block: 'nearest' })
  }, [outcome.value])
  const parsed = parse(text)

  const run = async (): Promise<void> => {
    const { signal } = (controller.current = new AbortController())
    isRunning.value = true
    outcome.value = undefined
    try {
      const result = await toTool(tool).execute!(parsed, { signal, toolCallId: 'trial', messages: [] })
      outcome.value = { text: typeof result === 'string' ? result : JSON.stringify(result, null, 2), isFailed: false }
    } catch (error) {
      outcome.value = { text: error instanceof Error ? error.message : String(error), isFailed: true }
    }
    isRunning.value = false
  }
  return (
    <div class="tool-trial">
      <TextArea
        label="Try it with these arguments"
        rows={Math.min(8, text.split('\n').length)}
        spellcheck={false}
        value={text}
        error={parsed === undefined ? 'Enter a JSON object.' : undefined}
        onInput={(value) => (typed.value = value)}
      />
      <div class="row">
        <Button
          small
          icon="play"
          busy={isRunning.value}
          disabled={!isValid || parsed === undefined}
          onClick={() => void run()}
        >
          Try
        </Button>
      </div>
      <output
        ref={output}
        class={outcome.value?.isFailed === true ? 'tool-trial-failed' : ''}
        hidden={outcome.value === undefined}
      >
        {outcome.value?.text}
      </output>
    </div>
  )
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

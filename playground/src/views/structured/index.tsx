import { reveal } from '../../lib/reveal.js'
import { chatModel, chatModels, pickedModel } from '../../state/models.js'
import { Card, ViewHead } from '../../ui/card.js'
import { NeedsServer } from '../../ui/empty-state.js'
import { Checkbox, TextArea, TextField } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { RunButtons } from '../../ui/run.js'
import { Outcome } from './outcome.js'
import { SchemaEditor } from './schema-editor.js'
import { checked, maxTokens, prompt, repairEnabled, run, start, stop, streamEnabled } from './state.js'
import './structured.css'

export function View() {
  return (
    <>
      <ViewHead
        title="Structured output"
        lead="Describe the output with a JSON Schema and watch the object stream in."
      />
      <NeedsServer icon="structured">
        <div class="structured">
          <Card title="Schema">
            <SchemaEditor />
          </Card>
          <div class="stack">
            <Card title="Request">
              <RequestForm />
            </Card>
            <Card title="Object">
              <Outcome />
            </Card>
          </div>
        </div>
      </NeedsServer>
    </>
  )
}

function RequestForm() {
  const isRunning = run.value?.status === 'running'
  const tokens = maxTokens.value
  const isInvalid = tokens !== undefined && !(Number.isInteger(tokens) && tokens >= 1)
  const canStart = chatModel.value !== undefined && checked.value.isValid && prompt.value.trim() !== '' && !isInvalid
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!canStart) return
        void start()
        reveal('outcome')
      }}
    >
      <TextArea label="Prompt" rows={3} value={prompt.value} onInput={(value) => (prompt.value = value)} />
      <div class="structured-settings">
        <ModelSelect
          models={chatModels.value}
          value={chatModel.value?.id}
          onChange={(id) => (pickedModel.value = id)}
        />
        <TextField
          label="Max tokens"
          type="number"
          min={1}
          placeholder="no limit"
          value={tokens === undefined ? '' : String(tokens)}
          error={isInvalid ? 'Enter a whole number of at least 1, or leave it empty.' : undefined}
          onInput={(text) => (maxTokens.value = text.trim() === '' ? undefined : Number(text))}
        />
      </div>
      <div class="structured-settings">
        <Checkbox
          label="Repair"
          hint="If the output does not match the schema, sends the errors to the model and tries once more."
          checked={repairEnabled.value}
          onChange={(checked) => (repairEnabled.value = checked)}
        />
        <Checkbox
          label="Stream"
          hint="Shows the object while it is generated."
          checked={streamEnabled.value}
          onChange={(checked) => (streamEnabled.value = checked)}
        />
      </div>
      <RunButtons label="Generate" isRunning={isRunning} canStart={canStart} onStop={stop}>
        {!checked.value.isValid && <span class="quiet small">Fix the schema first.</span>}
      </RunButtons>
    </form>
  )
}

import { reveal } from '../../lib/reveal.js'
import { chatModel, chatModels, pickedModel } from '../../state/models.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { NeedsServer } from '../../ui/empty-state.js'
import { Checkbox, TextArea, TextField } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { Outcome } from './outcome.js'
import { SchemaEditor } from './schema-editor.js'
import { checked, maxTokens, prompt, repairs, run, start, stop, streams } from './work.js'
import './structured.css'

export function View() {
  return (
    <>
      <ViewHead
        title="Structured output"
        lead="Say with a JSON Schema what the answer must look like, and watch the object grow."
      />
      <NeedsServer icon="structured">
        <div class="structured">
          <Card title="Schema">
            <SchemaEditor />
          </Card>
          <div class="stack">
            <Card title="Request">
              <Request />
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

function Request() {
  const isRunning = run.value?.status === 'running'
  const tokens = maxTokens.value
  const isWrong = tokens !== undefined && !(Number.isInteger(tokens) && tokens >= 1)
  const canStart =
    chatModel.value !== undefined && checked.value.schema !== undefined && prompt.value.trim() !== '' && !isWrong
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
          label="Longest answer, tokens"
          type="number"
          min={1}
          placeholder="no limit"
          value={tokens === undefined ? '' : String(tokens)}
          error={isWrong ? 'A whole number from 1, or nothing.' : undefined}
          onInput={(text) => (maxTokens.value = text.trim() === '' ? undefined : Number(text))}
        />
      </div>
      <div class="structured-settings">
        <Checkbox
          label="Repair"
          hint="Asks once more when the answer does not fit, and shows the model what is wrong with it."
          checked={repairs.value}
          onChange={(checked) => (repairs.value = checked)}
        />
        <Checkbox
          label="Stream"
          hint="Shows the object while it grows; otherwise only when it is whole."
          checked={streams.value}
          onChange={(checked) => (streams.value = checked)}
        />
      </div>
      <div class="row">
        {/* Keys: one button that became the other under the pointer would submit the form. */}
        {isRunning ? (
          <Button key="stop" icon="stop" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button key="start" type="submit" kind="primary" icon="play" disabled={!canStart}>
            Make the object
          </Button>
        )}
        {checked.value.schema === undefined && <span class="quiet small">The schema is not valid JSON yet.</span>}
      </div>
    </form>
  )
}

import { useEffect } from 'preact/hooks'
import { reveal } from '../../lib/reveal.js'
import { chatModel, chatModels, pickedModel } from '../../state/models.js'
import { SAMPLES } from '../../tools/samples.js'
import { Button, IconButton } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { NeedsServer } from '../../ui/empty-state.js'
import { Checkbox, Select, TextArea, TextField } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { RunButtons } from '../../ui/run.js'
import { IntegrationRows } from './integration-rows.js'
import { OwnToolDialog } from './own-tool-dialog.js'
import { availableTools, createOwnTool, editedTool, loadOwnTools, removeOwnTool } from './own-tools.js'
import { Rounds } from './rounds.js'
import {
  canStart,
  choice,
  maxRounds,
  parsesTextCalls,
  place,
  prompt,
  roundsProblem,
  run,
  selectedTools,
  selectTool,
  start,
  stop,
  toolsToSend,
} from './state.js'
import './tools.css'

export function View() {
  const edited = editedTool.value
  return (
    <>
      <ViewHead title="Tools" lead="Let a model call tools, and follow each round." />
      <NeedsServer icon="tools">
        <div class="tools">
          <Card title="Request">
            <RequestForm />
          </Card>
          <Card title="Rounds">
            <Rounds />
          </Card>
        </div>
        {/* Outside of the form: Enter in the dialog must not start a run. */}
        {edited !== undefined && (
          <OwnToolDialog key={edited.id} tool={edited} onClose={() => (editedTool.value = undefined)} />
        )}
      </NeedsServer>
    </>
  )
}

function RequestForm() {
  const runsHere = place.value === 'page'
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!canStart.value) return
        void start()
        reveal('rounds')
      }}
    >
      <TextArea label="Prompt" rows={3} value={prompt.value} onInput={(value) => (prompt.value = value)} />
      {runsHere && (
        <div class="row" role="group" aria-label="Examples">
          <span class="quiet small">Try</span>
          {SAMPLES.map((sample) => (
            <Button key={sample.title} small onClick={() => (prompt.value = sample.prompt)}>
              {sample.title}
            </Button>
          ))}
        </div>
      )}
      <Select
        label="Where the tools run"
        value={place.value}
        onChange={(value) => (place.value = value as typeof place.value)}
        options={[
          { value: 'page', label: 'In this page' },
          { value: 'server', label: 'In LM Studio: MCP servers and plugins' },
        ]}
      />
      {runsHere ? <ToolSelection /> : <IntegrationRows />}
      <div class="tools-settings">
        <ModelSelect
          models={chatModels.value}
          value={chatModel.value?.id}
          onChange={(id) => (pickedModel.value = id)}
        />
        {runsHere && <LoopSettings />}
      </div>
      {runsHere && (
        <Checkbox
          label="Parse tool calls from text"
          hint="Some models write tool calls as text. These are then treated as calls."
          checked={parsesTextCalls.value}
          onChange={(checked) => (parsesTextCalls.value = checked)}
        />
      )}
      <RunButtons isRunning={run.value?.status === 'running'} canStart={canStart.value} onStop={stop}>
        {runsHere && toolsToSend.value.length === 0 && <span class="quiet small">Select at least one tool.</span>}
      </RunButtons>
    </form>
  )
}

function LoopSettings() {
  return (
    <>
      <Select
        label="Tool choice"
        hint="A forced choice applies only to the first round."
        value={choice.value}
        onChange={(value) => (choice.value = value)}
        options={[
          { value: 'auto', label: 'The model decides' },
          { value: 'required', label: 'At least one tool' },
          { value: 'none', label: 'No tools' },
          ...toolsToSend.value.map(({ title, tool }) => ({ value: tool.name, label: `Only ${title}` })),
        ]}
      />
      <TextField
        label="Max rounds"
        type="number"
        min={1}
        max={99}
        hint="Model requests before the loop stops with an error."
        error={roundsProblem.value}
        value={maxRounds.value}
        onInput={(value) => (maxRounds.value = value)}
      />
    </>
  )
}

function ToolSelection() {
  useEffect(() => void loadOwnTools(), [])
  return (
    <fieldset class="tool-selection">
      <legend>Tools</legend>
      {availableTools.value.map(({ title, tool: { name, description }, own }) => (
        <div key={own?.id ?? name} class={own === undefined ? undefined : 'own-tool'}>
          <Checkbox
            label={
              own === undefined ? (
                <>
                  {title} <code>{name}</code>
                </>
              ) : (
                <code>{name}</code>
              )
            }
            hint={description}
            checked={selectedTools.value.has(name)}
            onChange={(checked) => selectTool(name, checked)}
          />
          {own !== undefined && (
            <div class="row">
              <IconButton icon="edit" label={`Edit ${name}`} onClick={() => (editedTool.value = own)} />
              <IconButton
                icon="trash"
                label={`Delete ${name}`}
                onClick={() => {
                  selectTool(name, false)
                  removeOwnTool(own.id)
                }}
              />
            </div>
          )}
        </div>
      ))}
      <div class="row">
        <Button small icon="plus" onClick={() => (editedTool.value = createOwnTool())}>
          Add a tool
        </Button>
      </div>
    </fieldset>
  )
}

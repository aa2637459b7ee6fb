import { reveal } from '../../lib/reveal.js'
import { chatModel, chatModels, pickedModel } from '../../state/models.js'
import { SAMPLES } from '../../tools/samples.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { NeedsServer } from '../../ui/empty-state.js'
import { Checkbox, Select, TextArea, TextField } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { Rounds } from './rounds.js'
import { choice, maxRounds, selectedTools, prompt, roundsProblem, run, parsesTextCalls, start, stop } from './state.js'
import './tools.css'

export function View() {
  return (
    <>
      <ViewHead title="Tools" lead="Let a model call tools that run in this page, and follow each round." />
      <NeedsServer icon="tools">
        <div class="tools">
          <Card title="Request">
            <RequestForm />
          </Card>
          <Card title="Rounds">
            <Rounds />
          </Card>
        </div>
      </NeedsServer>
    </>
  )
}

function RequestForm() {
  const isRunning = run.value?.status === 'running'
  const canStart =
    chatModel.value !== undefined &&
    prompt.value.trim() !== '' &&
    selectedTools.value.size > 0 &&
    roundsProblem.value === undefined
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!canStart) return
        void start()
        reveal('rounds')
      }}
    >
      <TextArea label="Prompt" rows={3} value={prompt.value} onInput={(value) => (prompt.value = value)} />
      <div class="row" role="group" aria-label="Examples">
        <span class="quiet small">Try</span>
        {SAMPLES.map((sample) => (
          <Button key={sample.title} small onClick={() => (prompt.value = sample.prompt)}>
            {sample.title}
          </Button>
        ))}
      </div>
      <ToolSelection />
      <div class="tools-settings">
        <ModelSelect
          models={chatModels.value}
          value={chatModel.value?.id}
          onChange={(id) => (pickedModel.value = id)}
        />
        <Choice />
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
      </div>
      <Checkbox
        label="Parse tool calls from text"
        hint="Some models write tool calls as text. These are then treated as calls."
        checked={parsesTextCalls.value}
        onChange={(checked) => (parsesTextCalls.value = checked)}
      />
      <div class="row">
        {/* Keys: without them, Preact reuses the element, and the click on Stop would submit the form. */}
        {isRunning ? (
          <Button key="stop" icon="stop" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button key="start" type="submit" kind="primary" icon="play" disabled={!canStart}>
            Run
          </Button>
        )}
        {selectedTools.value.size === 0 && <span class="quiet small">Select at least one tool.</span>}
      </div>
    </form>
  )
}

function ToolSelection() {
  const toggle = (name: string, isSelected: boolean): void => {
    const next = new Set(selectedTools.value)
    if (isSelected) next.add(name)
    else next.delete(name)
    selectedTools.value = next
    if (!isSelected && choice.value === name) choice.value = 'auto'
  }
  return (
    <fieldset class="tool-selection">
      <legend>Tools</legend>
      {SAMPLES.map(({ title, tool: { name, description } }) => (
        <Checkbox
          key={name}
          label={
            <>
              {title} <code>{name}</code>
            </>
          }
          hint={description}
          checked={selectedTools.value.has(name)}
          onChange={(checked) => toggle(name, checked)}
        />
      ))}
    </fieldset>
  )
}

function Choice() {
  const named = SAMPLES.filter(({ tool }) => selectedTools.value.has(tool.name))
  return (
    <Select
      label="Tool choice"
      hint="A forced choice applies only to the first round."
      value={choice.value}
      onChange={(value) => (choice.value = value)}
      options={[
        { value: 'auto', label: 'The model decides' },
        { value: 'required', label: 'At least one tool' },
        { value: 'none', label: 'No tools' },
        ...named.map(({ title, tool }) => ({ value: tool.name, label: `Only ${title}` })),
      ]}
    />
  )
}

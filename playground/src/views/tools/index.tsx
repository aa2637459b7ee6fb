import { reveal } from '../../lib/reveal.js'
import { chatModel, chatModels, pickedModel } from '../../state/models.js'
import { SAMPLES } from '../../tools/samples.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { NeedsServer } from '../../ui/empty-state.js'
import { Checkbox, Select, TextArea, TextField } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { Steps } from './steps.js'
import { choice, maxRounds, offered, prompt, roundsProblem, run, salvages, start, stop } from './work.js'
import './tools.css'

export function View() {
  return (
    <>
      <ViewHead title="Tools" lead="Let a model use what this page can do, and follow each step." />
      <NeedsServer icon="tools">
        <div class="tools">
          <Card title="Question">
            <Question />
          </Card>
          <Card title="Steps">
            <Steps />
          </Card>
        </div>
      </NeedsServer>
    </>
  )
}

function Question() {
  const isRunning = run.value?.status === 'running'
  const canStart =
    chatModel.value !== undefined &&
    prompt.value.trim() !== '' &&
    offered.value.size > 0 &&
    roundsProblem.value === undefined
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!canStart) return
        void start()
        reveal('steps')
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
      <Offered />
      <div class="tools-settings">
        <ModelSelect
          models={chatModels.value}
          value={chatModel.value?.id}
          onChange={(id) => (pickedModel.value = id)}
        />
        <Choice />
        <TextField
          label="Rounds at most"
          type="number"
          min={1}
          max={99}
          hint="Requests to the model before the loop gives up."
          error={roundsProblem.value}
          value={maxRounds.value}
          onInput={(value) => (maxRounds.value = value)}
        />
      </div>
      <Checkbox
        label="Salvage calls from the text"
        hint="Some models write a call as text; it is then taken for a call."
        checked={salvages.value}
        onChange={(checked) => (salvages.value = checked)}
      />
      <div class="row">
        {/* Keys: one button that became the other under the pointer would submit the form. */}
        {isRunning ? (
          <Button key="stop" icon="stop" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button key="start" type="submit" kind="primary" icon="play" disabled={!canStart}>
            Ask
          </Button>
        )}
        {offered.value.size === 0 && <span class="quiet small">Offer at least one tool.</span>}
      </div>
    </form>
  )
}

function Offered() {
  const offer = (name: string, isOffered: boolean): void => {
    const next = new Set(offered.value)
    if (isOffered) next.add(name)
    else next.delete(name)
    offered.value = next
    if (!isOffered && choice.value === name) choice.value = 'auto'
  }
  return (
    <fieldset class="offered">
      <legend>Tools offered</legend>
      {SAMPLES.map(({ title, tool: { name, description } }) => (
        <Checkbox
          key={name}
          label={
            <>
              {title} <code>{name}</code>
            </>
          }
          hint={description}
          checked={offered.value.has(name)}
          onChange={(checked) => offer(name, checked)}
        />
      ))}
    </fieldset>
  )
}

function Choice() {
  const named = SAMPLES.filter(({ tool }) => offered.value.has(tool.name))
  return (
    <Select
      label="Tool choice"
      hint="What is forced here holds for the first round."
      value={choice.value}
      onChange={(value) => (choice.value = value)}
      options={[
        { value: 'auto', label: 'The model decides' },
        { value: 'required', label: 'Some tool' },
        { value: 'none', label: 'No tool' },
        ...named.map(({ title, tool }) => ({ value: tool.name, label: `Only ${title}` })),
      ]}
    />
  )
}

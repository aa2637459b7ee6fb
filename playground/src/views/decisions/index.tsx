import { reveal } from '../../lib/reveal.js'
import { chatModels, readAt } from '../../state/models.js'
import { linkTo } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'
import { Checkbox, TextArea } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { RunButtons } from '../../ui/run.js'
import { Answers } from './answers.js'
import { toCode } from './code.js'
import { QuestionRows } from './questions.js'
import {
  askChatModel,
  asksChatModel,
  canRun,
  input,
  model,
  offeredModels,
  pickModel,
  rows,
  run,
  start,
  stop,
} from './state.js'
import './decisions.css'

export function View() {
  return (
    <>
      <ViewHead title="Decisions" lead="Ask questions about a text and see how likely each answer is." />
      <NeedsServer icon="decisions">
        <Workspace />
      </NeedsServer>
    </>
  )
}

function Workspace() {
  if (readAt.value !== undefined && offeredModels.value.length === 0) return <NoModel />
  return (
    <div class="decisions">
      <Card title="Questions">
        <QuestionRows />
      </Card>
      <div class="stack">
        <Card title="Request">
          <RequestForm />
        </Card>
        <Card title="Answers">
          <Answers />
        </Card>
        {canRun.value && (
          <Card title="Code">
            <Code />
          </Card>
        )}
      </div>
    </div>
  )
}

function NoModel() {
  return (
    <EmptyState
      icon="decisions"
      title="No decision model"
      action={
        <>
          <a class="button button-primary" href={linkTo('models')}>
            Download one
          </a>
          {chatModels.value.length > 0 && <Button onClick={() => askChatModel(true)}>Ask a chat model instead</Button>}
        </>
      }
    >
      The server has no model that answers with probabilities. Download a decision model, or ask a chat model: it
      answers without probabilities.
    </EmptyState>
  )
}

function RequestForm() {
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!canRun.value) return
        void start()
        reveal('answers')
      }}
    >
      <TextArea label="Input" rows={4} value={input.value} onInput={(value) => (input.value = value)} />
      <ModelSelect models={offeredModels.value} value={model.value?.id} onChange={pickModel} />
      <Checkbox
        label="Ask a chat model instead"
        hint={
          <>
            Sends <code>fallback: 'chat'</code>. A chat model answers, without probabilities.
          </>
        }
        checked={asksChatModel.value}
        onChange={askChatModel}
      />
      <RunButtons isRunning={run.value?.status === 'running'} canStart={canRun.value} onStop={stop}>
        {model.value !== undefined && !canRun.value && (
          <span class="quiet small">Complete the questions and the input first.</span>
        )}
      </RunButtons>
    </form>
  )
}

/** The call that sends the request. The Inspector has whole programs. */
function Code() {
  const code = toCode({
    model: model.value!.id,
    fallback: asksChatModel.value ? 'chat' : undefined,
    input: input.value,
    rows: rows.value,
  })
  return (
    <>
      <CodeBlock code={code} language="javascript" label="decide call" />
      <p class="quiet small">
        After a run, the <a href={linkTo('inspector')}>Inspector</a> has the same call for your server, as a web page
        and as a Node program.
      </p>
    </>
  )
}

import { count } from '../../lib/format.js'
import { embeddingModels, readAt } from '../../state/models.js'
import { linkTo } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { TextArea } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { Progress } from '../../ui/progress.js'
import { Heatmap } from './heatmap.js'
import { Neighbours } from './neighbours.js'
import { SAMPLE } from './samples.js'
import { MAX_LINES } from './similarity.js'
import { SimilarityTable } from './similarity-table.js'
import { compare, comparison, embedder, failure, lines, pickedEmbedder, progress, stop, text } from './work.js'
import './embeddings.css'

export function View() {
  return (
    <>
      <ViewHead title="Embeddings" lead="Turn lines into vectors, and see which are near to each other." />
      <NeedsServer icon="embeddings">
        <Workplace />
      </NeedsServer>
    </>
  )
}

function Workplace() {
  const there = comparison.value
  if (readAt.value !== undefined && embeddingModels.value.length === 0) {
    return (
      <EmptyState
        icon="embeddings"
        title="No embedding model"
        action={
          <a class="button button-primary" href={linkTo('models')}>
            Download one
          </a>
        }
      >
        The server lists no model that makes vectors of texts. LM Studio brings one along; it may have been removed.
      </EmptyState>
    )
  }
  return (
    <div class="embeddings">
      <Card title="Lines">
        <Lines />
      </Card>
      <div class="stack">
        {there === undefined ? (
          <Card title="Similarity">
            <EmptyState icon="embeddings" title="Nothing compared yet">
              Each line becomes a vector; the angle between two of them says how alike the lines are.
            </EmptyState>
          </Card>
        ) : (
          <>
            <Card title="Similarity" actions={<Facts />}>
              <Heatmap comparison={there} />
              <SimilarityTable comparison={there} />
            </Card>
            <Card title="Nearest neighbours">
              <Neighbours comparison={there} />
            </Card>
          </>
        )}
      </div>
    </div>
  )
}

function Facts() {
  const { rows, dimensions } = comparison.value!
  return (
    <span class="quiet small">
      {rows.length} lines · {count(dimensions)} dimensions
    </span>
  )
}

function Lines() {
  const { lines: wanted, left } = lines.value
  const run = progress.value
  const failed = failure.value
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void compare()
      }}
    >
      <ModelSelect
        models={embeddingModels.value}
        value={embedder.value?.id}
        onChange={(id) => (pickedEmbedder.value = id)}
      />
      <TextArea
        label="One text per line"
        rows={14}
        value={text.value}
        onInput={(value) => (text.value = value)}
        error={left > 0 ? `Only the first ${MAX_LINES} lines are compared; ${left} are left out.` : undefined}
        hint={`${wanted.length} lines, at most ${MAX_LINES}.`}
      />
      <div class="row">
        {/* Keys: one button that became the other under the pointer would submit the form. */}
        {run === undefined ? (
          <Button
            key="start"
            type="submit"
            kind="primary"
            icon="play"
            disabled={wanted.length === 0 || embedder.value === undefined}
          >
            Compare
          </Button>
        ) : (
          <Button key="stop" icon="stop" onClick={stop}>
            Stop
          </Button>
        )}
        {text.value !== SAMPLE && (
          <Button kind="quiet" onClick={() => (text.value = SAMPLE)}>
            Use the sample
          </Button>
        )}
      </div>
      {run !== undefined && (
        <Progress label="Making vectors" value={run.done} max={run.total} note={`${run.done} of ${run.total} lines`} />
      )}
      {failed !== undefined && (
        <ErrorNote
          error={failed.error}
          title={
            failed.missing === wanted.length
              ? 'The lines have no vectors.'
              : `${failed.missing} of ${wanted.length} lines have no vector; the others are shown.`
          }
          onRetry={() => void compare()}
        />
      )}
    </form>
  )
}

import { signal } from '@preact/signals'
import { count } from '../../lib/format.js'
import { reveal } from '../../lib/reveal.js'
import { saveFile } from '../../lib/save-file.js'
import { embeddingModels, readAt } from '../../state/models.js'
import { linkTo } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { TextArea } from '../../ui/field.js'
import { ModelSelect } from '../../ui/model-select.js'
import { Progress } from '../../ui/progress.js'
import { RunButtons } from '../../ui/run.js'
import { toCSV, toJSON } from './export.js'
import { Heatmap } from './heatmap.js'
import { Neighbors } from './neighbors.js'
import { SAMPLE } from './samples.js'
import { MAX_LINES } from './similarity.js'
import { SimilarityMap } from './similarity-map.js'
import { SimilarityTable } from './similarity-table.js'
import {
  compare,
  comparison,
  embeddingModel,
  failure,
  lines,
  pickedEmbeddingModel,
  progress,
  stop,
  text,
  type Comparison,
} from './state.js'
import './embeddings.css'

/** The chart that is shown, kept for the next visit of the view. */
const chart = signal<'heatmap' | 'map'>('heatmap')

export function View() {
  return (
    <>
      <ViewHead title="Embeddings" lead="Embed lines of text and compare them." />
      <NeedsServer icon="embeddings">
        <Workspace />
      </NeedsServer>
    </>
  )
}

function Workspace() {
  const current = comparison.value
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
        The server has no embedding model. LM Studio includes one, but it may have been deleted.
      </EmptyState>
    )
  }
  return (
    <div class="embeddings">
      <Card title="Lines">
        <Lines />
      </Card>
      <div class="stack compared-lines" id="similarity">
        {current === undefined ? (
          <Card title="Similarity">
            <EmptyState icon="embeddings" title="Nothing compared yet">
              Each line becomes a vector. The angle between two vectors shows how similar the lines are.
            </EmptyState>
          </Card>
        ) : (
          <>
            <Similarity comparison={current} />
            <Card title="Nearest neighbors">
              <Neighbors comparison={current} />
            </Card>
          </>
        )}
      </div>
    </div>
  )
}

function Similarity({ comparison }: { readonly comparison: Comparison }) {
  const { rows, dimensions, model } = comparison
  const name = `embeddings-${model.replaceAll(/[^\w.-]+/g, '-')}`
  return (
    <Card
      title="Similarity"
      actions={
        <span class="quiet small">
          {rows.length} lines · {count(dimensions)} dimensions
        </span>
      }
    >
      <div class="similarity-tools">
        <div class="row" role="group" aria-label="Chart">
          <Button small aria-pressed={chart.value === 'heatmap'} onClick={() => (chart.value = 'heatmap')}>
            Heatmap
          </Button>
          <Button small aria-pressed={chart.value === 'map'} onClick={() => (chart.value = 'map')}>
            2-D map
          </Button>
        </div>
        <div class="row" role="group" aria-label="Export the vectors">
          <Button
            small
            kind="quiet"
            icon="download"
            onClick={() => saveFile(toCSV(comparison), `${name}.csv`, 'text/csv')}
          >
            CSV
          </Button>
          <Button small kind="quiet" icon="download" onClick={() => saveFile(toJSON(comparison), `${name}.json`)}>
            JSON
          </Button>
        </div>
      </div>
      {chart.value === 'heatmap' ? <Heatmap comparison={comparison} /> : <SimilarityMap comparison={comparison} />}
      <SimilarityTable comparison={comparison} />
    </Card>
  )
}

function Lines() {
  const { lines: texts, ignored } = lines.value
  const current = progress.value
  const failed = failure.value
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void compare()
        reveal('similarity')
      }}
    >
      <ModelSelect
        models={embeddingModels.value}
        value={embeddingModel.value?.id}
        onChange={(id) => (pickedEmbeddingModel.value = id)}
      />
      <TextArea
        label="One text per line"
        rows={14}
        value={text.value}
        onInput={(value) => (text.value = value)}
        error={ignored > 0 ? `Only the first ${MAX_LINES} lines are compared. ${ignored} more are ignored.` : undefined}
        hint={`${texts.length} lines, at most ${MAX_LINES}.`}
      />
      <RunButtons
        label="Compare"
        isRunning={current !== undefined}
        canStart={texts.length > 0 && embeddingModel.value !== undefined}
        onStop={stop}
      >
        {text.value !== SAMPLE && (
          <Button kind="quiet" onClick={() => (text.value = SAMPLE)}>
            Reset to sample
          </Button>
        )}
      </RunButtons>
      {current !== undefined && (
        <Progress
          label="Embedding"
          value={current.done}
          max={current.total}
          note={`${current.done} of ${current.total} lines`}
        />
      )}
      {failed !== undefined && (
        <ErrorNote
          error={failed.error}
          title={
            failed.missing === texts.length
              ? 'The lines could not be embedded.'
              : `${failed.missing} of ${texts.length} lines could not be embedded. The others are shown.`
          }
          onRetry={() => void compare()}
        />
      )}
    </form>
  )
}

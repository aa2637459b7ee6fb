import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'

export function View() {
  return (
    <>
      <ViewHead title="Embeddings" lead="Turn lines into vectors, and see which are near to each other." />
      <NeedsServer icon="embeddings">
        <EmptyState icon="embeddings" title="Not here yet">
          This view is not part of this version of the playground.
        </EmptyState>
      </NeedsServer>
    </>
  )
}

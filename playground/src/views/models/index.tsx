import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'

export function View() {
  return (
    <>
      <ViewHead title="Models" lead="What the server has." />
      <NeedsServer icon="models">
        <EmptyState icon="models" title="Not here yet">
          This view is not part of this version of the playground.
        </EmptyState>
      </NeedsServer>
    </>
  )
}

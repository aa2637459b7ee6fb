import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'

export function View() {
  return (
    <>
      <ViewHead title="Structured output" lead="Ask for JSON that fits a schema, and watch it grow." />
      <NeedsServer icon="structured">
        <EmptyState icon="structured" title="Not here yet">
          This view is not part of this version of the playground.
        </EmptyState>
      </NeedsServer>
    </>
  )
}

import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'

export function View() {
  return (
    <>
      <ViewHead title="Fault lab" lead="Let the mock go wrong, and see what the library says." />
      <NeedsServer icon="faults">
        <EmptyState icon="faults" title="Not here yet">
          This view is not part of this version of the playground.
        </EmptyState>
      </NeedsServer>
    </>
  )
}

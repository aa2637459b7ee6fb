import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'

export function View() {
  return (
    <>
      <ViewHead title="Tools" lead="Let a model call functions of this page, and follow every step." />
      <NeedsServer icon="tools">
        <EmptyState icon="tools" title="Not here yet">
          This view is not part of this version of the playground.
        </EmptyState>
      </NeedsServer>
    </>
  )
}

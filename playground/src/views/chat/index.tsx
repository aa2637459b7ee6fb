import { ViewHead } from '../../ui/card.js'
import { EmptyState, NeedsServer } from '../../ui/empty-state.js'

export function View() {
  return (
    <>
      <ViewHead title="Chat" lead="Talk to a model and watch the answer come." />
      <NeedsServer icon="chat">
        <EmptyState icon="chat" title="Not here yet">
          This view is not part of this version of the playground.
        </EmptyState>
      </NeedsServer>
    </>
  )
}

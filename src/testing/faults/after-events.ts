import { asCount } from '../json-values.js'
import type { BodyStep, BodySteps } from '../replies/steps.js'

interface AfterEventsOptions {
  /** Events that pass first; 2 when it is not a count. */
  readonly count: unknown
  /** True for a document, which comes in two halves: `then` follows the first. */
  readonly isWhole?: boolean
  /** Whether the rest of the events follow `then`. Default: false. */
  readonly resumes?: boolean
}

/** Lets some events pass, then yields the steps of `then`. A stream with fewer events gets them at its end. */
export async function* afterEvents(
  steps: BodySteps,
  { count, isWhole = false, resumes = false }: AfterEventsOptions,
  then: () => Iterable<BodyStep>,
): AsyncGenerator<BodyStep> {
  const limit = isWhole ? 1 : (asCount(count) ?? 2)
  let seen = 0
  let isPast = false
  if (limit === 0) {
    isPast = true
    yield* then()
    if (!resumes) return
  }
  for await (const step of steps) {
    yield step
    if (step.kind === 'frame' || step.kind === 'bytes') seen += 1
    if (isPast || seen < limit) continue
    isPast = true
    yield* then()
    if (!resumes) return
  }
  if (!isPast) yield* then()
}

const finalEvents: readonly string[] = ['chat.end', 'response.completed', 'message_stop']

/** Returns whether a step is the end marker of a stream: `[DONE]` or the last event of its route. */
export const isEndMarker = (step: BodyStep): boolean =>
  step.kind === 'frame' && (step.data === '[DONE]' || finalEvents.includes(step.event ?? ''))

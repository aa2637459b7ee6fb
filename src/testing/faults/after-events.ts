import { asCount } from '../json-values.js'
import type { BodyStep, BodySteps } from '../replies/steps.js'

interface AfterEventsOptions {
  /** Events that pass first; 2 when it is not a count. */
  readonly count: unknown
  /** Whether the steps are a document, in two halves: `then` follows the first. */
  readonly isDocument?: boolean
  /** Whether the rest of the events follow `then`. @default false */
  readonly resumes?: boolean
}

/** Lets some events pass, then yields the steps of `then`. A stream with fewer events gets them at its end. */
export async function* afterEvents(
  steps: BodySteps,
  { count, isDocument = false, resumes = false }: AfterEventsOptions,
  then: () => Iterable<BodyStep>,
): AsyncGenerator<BodyStep> {
  const limit = isDocument ? 1 : (asCount(count) ?? 2)
  let seen = 0
  let hasInserted = false
  if (limit === 0) {
    hasInserted = true
    yield* then()
    if (!resumes) return
  }
  for await (const step of steps) {
    yield step
    if (step.kind === 'frame' || step.kind === 'bytes') seen += 1
    if (hasInserted || seen < limit) continue
    hasInserted = true
    yield* then()
    if (!resumes) return
  }
  if (!hasInserted) yield* then()
}

const finalEvents: readonly string[] = ['chat.end', 'response.completed', 'message_stop']

/** Returns whether a step is the end marker of a stream: `[DONE]` or the last event of its route. */
export const isEndMarker = (step: BodyStep): boolean =>
  step.kind === 'frame' && (step.data === '[DONE]' || finalEvents.includes(step.event ?? ''))

import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { DecisionResponse, ModelInfo } from 'lmstudio-provider'
import { requireProvider } from '../../state/connection.js'
import { chatModel, chatModels, decisionModels, readAfterUse } from '../../state/models.js'
import { labeled } from '../../state/request-link.js'
import { problemsOf, toQuestions, type QuestionRow } from './question-rows.js'
import { SAMPLE_INPUT, SAMPLE_ROWS } from './samples.js'

/** One request for decisions. */
export interface Run {
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  /** Finds the request in the Inspector. */
  readonly label: string
  /** The questions that `response` answers. */
  readonly requestedRows: readonly QuestionRow[]
  /** While a request is running, the response to the one before it. */
  readonly response?: DecisionResponse | undefined
  readonly durationMs?: number
  readonly error?: unknown
}

export const rows = signal<readonly QuestionRow[]>(SAMPLE_ROWS)
export const problems = computed(() => problemsOf(rows.value))
export const input = signal(SAMPLE_INPUT)
/** Whether chat models may answer. */
export const asksChatModel = signal(false)
export const run = signal<Run | undefined>(undefined)

const pickedId = signal<string | undefined>(undefined)

/** The models to choose from; chat models come first if they may answer. */
export const offeredModels: ReadonlySignal<readonly ModelInfo[]> = computed(() =>
  asksChatModel.value ? [...chatModels.value, ...decisionModels.value] : decisionModels.value,
)
export const model: ReadonlySignal<ModelInfo | undefined> = computed(() => {
  const all = offeredModels.value
  return all.find(({ id }) => id === pickedId.value) ?? all.find(({ state }) => state === 'loaded') ?? all[0]
})

export function pickModel(id: string): void {
  pickedId.value = id
}

export function askChatModel(isAllowed: boolean): void {
  asksChatModel.value = isAllowed
  // Otherwise the decision model would stay selected when the user wants to ask a chat model.
  pickedId.value = isAllowed ? chatModel.peek()?.id : undefined
}

export const canRun = computed(
  () =>
    model.value !== undefined &&
    input.value.trim() !== '' &&
    rows.value.length > 0 &&
    problems.value.every((problem) => Object.keys(problem).length === 0),
)

export function changeRow(id: number, change: Partial<QuestionRow>): void {
  rows.value = rows.value.map((row) => (row.id === id ? { ...row, ...change } : row))
}

export function removeRow(id: number): void {
  rows.value = rows.value.filter((row) => row.id !== id)
}

export function addRow(): void {
  const id = Math.max(0, ...rows.value.map((row) => row.id)) + 1
  const names = rows.value.map(({ name }) => name)
  let number = rows.value.length + 1
  while (names.includes(`question${number}`)) number++
  rows.value = [...rows.value, { id, name: `question${number}`, type: 'predicate', instructions: '', options: '' }]
}

export function resetToSample(): void {
  rows.value = SAMPLE_ROWS
  input.value = SAMPLE_INPUT
}

let running: AbortController | undefined
let runs = 0

export function stop(): void {
  running?.abort()
}

/** Asks the questions. Never rejects: `run` holds the state. */
export async function start(): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const requestedRows = rows.peek()
  const label = `decisions ${++runs}`
  const before = run.peek()
  const startTime = performance.now()
  const end = (result: Omit<Run, 'requestedRows' | 'label' | 'durationMs'>): void => {
    if (running?.signal === signal)
      run.value = { ...result, requestedRows, label, durationMs: performance.now() - startTime }
  }
  // The previous answers stay visible, so that the bars move to the new ones.
  run.value = {
    status: 'running',
    label,
    requestedRows: before?.requestedRows ?? requestedRows,
    response: before?.response,
  }
  try {
    const response = await requireProvider().decide(
      {
        model: model.peek()?.id,
        input: input.peek(),
        questions: toQuestions(requestedRows),
        ...(asksChatModel.peek() && { fallback: 'chat' }),
      },
      { signal, ...labeled(label) },
    )
    readAfterUse(model.peek())
    end({ status: 'done', response })
  } catch (error) {
    end(signal.aborted ? { status: 'stopped' } : { status: 'failed', error })
  }
}

import type { ModelInfo } from 'lmstudio-provider'
import { bytes, count, duration } from '../../lib/format.js'
import { has, nameOf } from '../../lib/model-list.js'
import { useNow } from '../../lib/use-now.js'
import { dismissOperation, unloadModel, operations, type ModelOperation } from '../../state/model-operations.js'
import { Badge } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Progress } from '../../ui/progress.js'

const TYPES = {
  llm: 'Language',
  vlm: 'Vision',
  embedding: 'Embedding',
  decision: 'Decision',
  unknown: 'Unknown',
} as const

interface ModelRowProps {
  readonly model: ModelInfo
  readonly onOpen: (id: string) => void
  readonly onLoad: (model: ModelInfo) => void
}

/** Renders again only if a prop or its own operation changes, thanks to signals. */
export function ModelRow(props: ModelRowProps) {
  const failed = operations.value.get(props.model.id)
  return (
    <>
      <Facts {...props} />
      {failed?.error !== undefined && <Failure model={props.model} failed={failed} onLoad={props.onLoad} />}
    </>
  )
}

interface FailureProps {
  readonly model: ModelInfo
  readonly failed: ModelOperation
  readonly onLoad: (model: ModelInfo) => void
}

/** The error row below a model. */
function Failure({ model, failed: { kind, error }, onLoad }: FailureProps) {
  return (
    <tr role="row" class="model-failed">
      <td role="cell" colSpan={8}>
        <ErrorNote
          error={error}
          title={`Could not ${kind} ${nameOf(model)}.`}
          onRetry={kind === 'load' ? () => onLoad(model) : () => void unloadModel(model.id)}
          onDismiss={() => dismissOperation(model.id)}
        />
      </td>
    </tr>
  )
}

function Facts({ model, onOpen, onLoad }: ModelRowProps) {
  const name = nameOf(model)
  return (
    <tr role="row">
      <td role="cell" class="model-name">
        <button type="button" class="link" aria-haspopup="dialog" onClick={() => onOpen(model.id)}>
          {name}
        </button>
        {name !== model.id && <span class="model-id">{model.id}</span>}
      </td>
      <td role="cell" data-label="Type">
        {TYPES[model.type]}
      </td>
      <td role="cell" data-label="Parameters" class="model-fact">
        {model.parameters ?? '–'}
      </td>
      <td role="cell" data-label="Size" class="number">
        {bytes(model.sizeBytes)}
      </td>
      <td role="cell" data-label="Quantization" class="model-fact">
        {model.quantization ?? '–'}
      </td>
      <td role="cell" data-label="Context" class="number model-context">
        <Context model={model} />
      </td>
      <td role="cell" data-label="Capabilities" class="model-capabilities">
        <Capabilities model={model} />
      </td>
      <td role="cell" class="model-state">
        <State model={model} onLoad={onLoad} />
      </td>
    </tr>
  )
}

function Context({ model: { contextLength, maxContextLength } }: { readonly model: ModelInfo }) {
  if (contextLength === undefined || contextLength === maxContextLength) return <>{count(maxContextLength)}</>
  return (
    <>
      {count(contextLength)} <span class="quiet">of {count(maxContextLength)}</span>
    </>
  )
}

function Capabilities({ model }: { readonly model: ModelInfo }) {
  const capabilities = [
    has(model, 'vision') && 'vision',
    has(model, 'toolUse') && 'tools',
    has(model, 'reasoning') && 'reasoning',
    model.type === 'embedding' && 'embeddings',
    model.capabilities.decisions === true && 'decisions',
  ].filter((word) => word !== false)
  if (capabilities.length === 0) return <span class="quiet">–</span>
  return (
    <span class="capabilities">
      {capabilities.map((word) => (
        <Badge key={word}>{word}</Badge>
      ))}
    </span>
  )
}

/** Whether the model is loaded, with a button to load or unload it. */
function State({ model, onLoad }: { readonly model: ModelInfo; readonly onLoad: (model: ModelInfo) => void }) {
  const operation = operations.value.get(model.id)
  if (operation !== undefined && operation.error === undefined)
    return <OperationProgress model={model} operation={operation} />
  const isLoaded = model.state === 'loaded'
  const instances = model.instances.length
  return (
    <div class="state">
      <Badge tone={isLoaded ? 'ok' : 'quiet'} dot={isLoaded}>
        {isLoaded
          ? instances > 1
            ? `loaded, ${instances} instances`
            : 'loaded'
          : model.state === 'unknown'
            ? 'unknown'
            : 'not loaded'}
      </Badge>
      {isLoaded ? (
        <Button small aria-label={`Unload ${nameOf(model)}`} onClick={() => void unloadModel(model.id)}>
          Unload
        </Button>
      ) : (
        <Button small aria-label={`Load ${nameOf(model)}`} aria-haspopup="dialog" onClick={() => onLoad(model)}>
          Load…
        </Button>
      )}
    </div>
  )
}

function OperationProgress({
  model,
  operation: { kind, startedAt, stop },
}: {
  readonly model: ModelInfo
  readonly operation: ModelOperation
}) {
  const now = useNow(1_000)
  return (
    <div class="state-work">
      <Progress
        label={`${kind === 'load' ? 'Loading' : 'Unloading'} ${nameOf(model)}`}
        value={undefined}
        note={duration(Math.max(now - startedAt, 0))}
      />
      <Button small kind="quiet" title="LM Studio continues in the background" onClick={stop}>
        Stop waiting
      </Button>
    </div>
  )
}

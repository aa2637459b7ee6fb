import type { ModelInfo } from 'lmstudio-provider'
import { bytes, count } from '../../lib/format.js'
import { nameOf } from '../../lib/model-list.js'
import { unloadModel } from '../../state/model-operations.js'
import { pickedModel } from '../../state/models.js'
import { go } from '../../state/route.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'
import { CopyButton } from '../../ui/copy-button.js'
import { Drawer } from '../../ui/dialog.js'

const yesNo = (value: boolean | undefined): string => (value === undefined ? 'unknown' : value ? 'yes' : 'no')

/** The details of a model. */
export function ModelDrawer({ model, onClose }: { readonly model: ModelInfo; readonly onClose: () => void }) {
  const { capabilities } = model
  const { reasoning } = capabilities
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Type', model.type],
    ['Publisher', model.publisher ?? '–'],
    ['Architecture', model.architecture ?? '–'],
    ['Parameters', model.parameters ?? '–'],
    ['Format', model.format ?? '–'],
    ['Quantization', model.quantization ?? '–'],
    ['Size', bytes(model.sizeBytes)],
    ['Context', count(model.contextLength)],
    ['Max context', count(model.maxContextLength)],
    ['Chat', yesNo(capabilities.chat)],
    ['Vision', yesNo(capabilities.vision)],
    ['Tools', yesNo(capabilities.toolUse)],
    ['Structured output', yesNo(capabilities.structuredOutput)],
    [
      'Reasoning',
      reasoning === undefined ? 'unknown' : `${reasoning.options.join(', ')} (default: ${reasoning.default ?? 'none'})`,
    ],
  ]
  return (
    <Drawer title={nameOf(model)} onClose={onClose}>
      <div class="row">
        <code class="model-id">{model.id}</code>
        <CopyButton text={model.id} what="model id" />
        {capabilities.chat !== false && (
          <Button
            small
            icon="chat"
            onClick={() => {
              pickedModel.value = model.id
              onClose()
              go('chat')
            }}
          >
            Chat with this model
          </Button>
        )}
      </div>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {model.instances.length > 0 && (
        <section class="stack" aria-label="Loaded instances">
          <h3>Loaded instances</h3>
          {model.instances.map(({ id, contextLength, config }) => (
            <div key={id} class="instance">
              <div class="row">
                <code>{id}</code>
                <span class="quiet small">{count(contextLength)} tokens of context</span>
                <Button small aria-label={`Unload ${id}`} onClick={() => void unloadModel(model.id, id)}>
                  Unload
                </Button>
              </div>
              <CodeBlock code={JSON.stringify(config, null, 2)} language="json" label={`Configuration of ${id}`} />
            </div>
          ))}
        </section>
      )}
      {model.variants !== undefined && model.variants.length > 0 && (
        <section aria-label="Variants on disk">
          <h3>Variants on disk</h3>
          <ul class="variants">
            {model.variants.map((variant) => (
              <li key={variant}>
                <code>{variant}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="stack" aria-label="Raw response">
        <h3>Raw response</h3>
        <CodeBlock code={JSON.stringify(model.raw, null, 2)} language="json" label="Raw JSON" />
      </section>
    </Drawer>
  )
}

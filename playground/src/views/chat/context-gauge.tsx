import { useState } from 'preact/hooks'
import { contextTokens } from '../../chat/conversation.js'
import { chosenModel, conversation } from '../../chat/session.js'
import { count } from '../../lib/format.js'
import { nameOf } from '../../lib/model-list.js'
import { Button } from '../../ui/button.js'
import { Dialog } from '../../ui/dialog.js'
import { LoadDialog } from '../models/load-dialog.js'
import '../models/models.css'

/** From this part on, the gauge warns. */
const NEARLY_FULL = 0.8

/** How much of the model's context the conversation uses. */
export function ContextGauge() {
  const [dialog, setDialog] = useState<'details' | 'load'>()
  const model = chosenModel.value
  const used = contextTokens(conversation.value)
  const size = model?.contextLength
  if (model === undefined || used === undefined || size === undefined) return null
  const percent = Math.min(100, Math.round((used / size) * 100))
  const isNearlyFull = used >= size * NEARLY_FULL
  const { maxContextLength } = model
  const canGrow = maxContextLength !== undefined && maxContextLength > size
  const text = `${count(used)} of ${count(size)} tokens used`
  const close = (): void => setDialog(undefined)
  return (
    <>
      <button
        type="button"
        class={`gauge${isNearlyFull ? ' gauge-full' : ''}`}
        aria-haspopup="dialog"
        aria-label={`Context: ${text}`}
        title={`Context: ${text}`}
        onClick={() => setDialog('details')}
      >
        <meter min={0} max={size} value={used} aria-hidden="true" />
        <span>{percent}%</span>
      </button>
      {dialog === 'details' && (
        <Dialog
          title="Context"
          onClose={close}
          footer={
            canGrow && (
              <Button kind="primary" onClick={() => setDialog('load')}>
                Load with a longer context
              </Button>
            )
          }
        >
          <p>
            <strong>{text}</strong> by this chat, as counted for the latest response. {nameOf(model)} is loaded with a
            context of {count(size)} tokens.
          </p>
          <p class="quiet">
            When the context is full, LM Studio leaves out earlier messages or rejects the request.{' '}
            {canGrow
              ? `The model supports up to ${count(maxContextLength)} tokens.`
              : 'The model does not support a longer context.'}
          </p>
        </Dialog>
      )}
      {dialog === 'load' && (
        <LoadDialog
          model={model}
          initialContextLength={Math.min(size * 2, maxContextLength ?? size * 2)}
          replacedInstance={model.instances[0]?.id}
          onClose={close}
        />
      )}
    </>
  )
}

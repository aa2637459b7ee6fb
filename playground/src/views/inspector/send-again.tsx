import { useSignal } from '@preact/signals'
import { pretty } from '../../inspector/pretty.js'
import { canStop, resend, resendProblem, stopResent } from '../../inspector/resend.js'
import { routeOf } from '../../inspector/routes.js'
import { isActive } from '../../inspector/filter.js'
import { openRequest } from '../../state/request-link.js'
import { isRecording, type Exchange } from '../../state/recorder.js'
import { Button } from '../../ui/button.js'
import { CodeEditor } from '../../ui/code-editor.js'
import { Drawer } from '../../ui/dialog.js'

async function sendAndOpen(exchange: Exchange, body?: string): Promise<void> {
  const id = await resend(exchange, body)
  if (id !== undefined) openRequest(id)
}

/** Sends the request again, unchanged or edited. */
export function SendAgain({ exchange }: { readonly exchange: Exchange }) {
  const isEditing = useSignal(false)
  const problem = isRecording.value ? resendProblem(exchange) : 'Resume recording to send requests.'
  const isStoppable = isActive(exchange.progress.value.outcome) && canStop(exchange)
  return (
    <>
      <div class="row">
        {isStoppable ? (
          <Button key="stop" small icon="stop" onClick={() => stopResent(exchange)}>
            Stop
          </Button>
        ) : (
          <Button
            key="again"
            small
            icon="refresh"
            disabled={problem !== undefined}
            onClick={() => void sendAndOpen(exchange)}
          >
            Send again
          </Button>
        )}
        {exchange.requestBody !== undefined && (
          <Button small icon="edit" disabled={!isRecording.value} onClick={() => (isEditing.value = true)}>
            Edit and send
          </Button>
        )}
        {problem !== undefined && <span class="quiet small">{problem}</span>}
      </div>
      {isEditing.value && <EditDialog exchange={exchange} onClose={() => (isEditing.value = false)} />}
    </>
  )
}

function EditDialog({ exchange, onClose }: { readonly exchange: Exchange; readonly onClose: () => void }) {
  const body = useSignal(pretty(exchange.requestBody ?? '').text)
  const problem = resendProblem(exchange, body.value)
  const { isJSON } = pretty(body.value)
  const send = (): void => {
    onClose()
    void sendAndOpen(exchange, body.value)
  }
  return (
    <Drawer
      title="Edit and send"
      onClose={onClose}
      footer={
        <>
          <Button kind="primary" icon="play" disabled={problem !== undefined} onClick={send}>
            Send
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <div class="stack">
        <p class="exchange-route">
          <span class="method">{exchange.method}</span> {routeOf(exchange.url).route}
        </p>
        <CodeEditor
          label="Body"
          language="json"
          rows={22}
          value={body.value}
          onInput={(text) => (body.value = text)}
          error={problem ?? (isJSON ? undefined : 'Not valid JSON. The text is sent unchanged.')}
        />
      </div>
    </Drawer>
  )
}

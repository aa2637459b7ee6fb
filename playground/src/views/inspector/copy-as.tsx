import { CopyButton } from '../../ui/copy-button.js'
import type { Exchange } from '../../state/recorder.js'
import { curlOf, nodeCodeOf, openAICodeOf, pageCodeOf, pythonCodeOf } from './code-view.js'

/** Copies the request in other languages. */
export function CopyAs({ exchange }: { readonly exchange: Exchange }) {
  const openAICode = openAICodeOf(exchange)
  return (
    <div class="row copies">
      <CopyButton label="Copy as curl" what="" text={() => curlOf(exchange)} />
      <CopyButton label="Copy as page code" what="" text={() => pageCodeOf(exchange)} />
      <CopyButton label="Copy as Node code" what="" text={() => nodeCodeOf(exchange)} />
      {openAICode !== undefined && <CopyButton label="Copy as OpenAI SDK" what="" text={openAICode} />}
      <CopyButton label="Copy as Python" what="" text={() => pythonCodeOf(exchange)} />
    </div>
  )
}

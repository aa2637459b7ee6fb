import { callOf } from '../../inspector/call-of.js'
import { toNodeCode, toPageCode } from '../../inspector/code.js'
import { toCurl } from '../../inspector/curl.js'
import { toOpenAICode, toPythonCode } from '../../inspector/openai.js'
import { bodyOf, hasToken, customHeaders, TOKEN_VARIABLE } from '../../inspector/recorded.js'
import { MOCK_ENDPOINT } from '../../state/mock.js'
import type { Exchange } from '../../state/recorder.js'
import { DEFAULT_ENDPOINT } from '../../state/start.js'
import { CodeBlock } from '../../ui/code-block.js'

const usesMock = ({ url }: Exchange): boolean => url.startsWith(MOCK_ENDPOINT)

export const curlOf = (exchange: Exchange): string =>
  toCurl(exchange, usesMock(exchange) ? DEFAULT_ENDPOINT : undefined)
export const pageCodeOf = (exchange: Exchange): string => toPageCode(exchange, { usesMock: usesMock(exchange) })
export const openAICodeOf = (exchange: Exchange): string | undefined =>
  toOpenAICode(exchange, usesMock(exchange) ? DEFAULT_ENDPOINT : undefined)
export const pythonCodeOf = (exchange: Exchange): string =>
  toPythonCode(exchange, usesMock(exchange) ? DEFAULT_ENDPOINT : undefined)
export const nodeCodeOf = (exchange: Exchange): string => toNodeCode(exchange, { usesMock: usesMock(exchange) })

/** The request as code to copy. */
export function CodeView({ exchange }: { readonly exchange: Exchange }) {
  const call = callOf(exchange)
  const openAICode = openAICodeOf(exchange)
  const secrets = [
    ...(hasToken(exchange) ? [TOKEN_VARIABLE] : []),
    ...customHeaders(exchange).flatMap(({ variable }) => variable ?? []),
  ]
  return (
    <div class="stack">
      <p class="quiet small">
        {call === undefined ? (
          'The library has no call that sends exactly this request, so the code uses fetch.'
        ) : (
          <>
            <code>{call.method}()</code> sends this request.
          </>
        )}
        {secrets.length > 0 && ` Secrets are read from ${secrets.join(', ')}.`}
        {JSON.stringify(bodyOf(exchange)?.integrations ?? '').includes('••') &&
          ' Replace the dots with the header of your MCP server.'}
      </p>
      <section class="stack" aria-label="Shell">
        <h3>Shell</h3>
        <CodeBlock code={curlOf(exchange)} language="bash" label="curl command" />
      </section>
      <section class="stack" aria-label="Web page">
        <h3>Web page: save as an HTML file</h3>
        <CodeBlock code={pageCodeOf(exchange)} language="xml" label="page code" />
      </section>
      <section class="stack" aria-label="Node">
        <h3>
          Node: run <code>npm install lmstudio-provider</code> and save as <code>.mjs</code>
        </h3>
        <CodeBlock code={nodeCodeOf(exchange)} language="javascript" label="Node code" />
      </section>
      {openAICode !== undefined && (
        <section class="stack" aria-label="OpenAI SDK">
          <h3>
            OpenAI SDK: run <code>npm install openai</code> and save as <code>.mjs</code>
          </h3>
          <CodeBlock code={openAICode} language="javascript" label="OpenAI SDK code" />
        </section>
      )}
      <section class="stack" aria-label="Python">
        <h3>
          {openAICode === undefined ? (
            'Python: needs no package'
          ) : (
            <>
              Python: run <code>pip install openai</code>
            </>
          )}
        </h3>
        <CodeBlock code={pythonCodeOf(exchange)} language="python" label="Python code" />
      </section>
    </div>
  )
}

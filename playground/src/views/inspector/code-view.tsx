import { callOf } from '../../inspector/call-of.js'
import { toNodeCode, toPageCode } from '../../inspector/code.js'
import { toCurl } from '../../inspector/curl.js'
import { bodyOf, hasToken, ownHeaders, TOKEN_VARIABLE } from '../../inspector/recorded.js'
import { MOCK_ENDPOINT } from '../../state/mock.js'
import type { Exchange } from '../../state/recorder.js'
import { DEFAULT_ENDPOINT } from '../../state/start.js'
import { CodeBlock } from '../../ui/code-block.js'

const isInPage = ({ url }: Exchange): boolean => url.startsWith(MOCK_ENDPOINT)

export const curlOf = (exchange: Exchange): string =>
  toCurl(exchange, isInPage(exchange) ? DEFAULT_ENDPOINT : undefined)
export const pageCodeOf = (exchange: Exchange): string => toPageCode(exchange, { isInPage: isInPage(exchange) })
export const nodeCodeOf = (exchange: Exchange): string => toNodeCode(exchange, { isInPage: isInPage(exchange) })

/** The request as things to paste. */
export function CodeView({ exchange }: { readonly exchange: Exchange }) {
  const call = callOf(exchange)
  const secrets = [
    ...(hasToken(exchange) ? [TOKEN_VARIABLE] : []),
    ...ownHeaders(exchange).flatMap(({ variable }) => variable ?? []),
  ]
  return (
    <div class="stack">
      <p class="quiet small">
        {call === undefined ? (
          'The library has no call that sends exactly this, so the code is a plain fetch.'
        ) : (
          <>
            This request is what <code>{call.method}()</code> sends.
          </>
        )}
        {secrets.length > 0 && ` No secret is in it: it comes from ${secrets.join(', ')}.`}
        {JSON.stringify(bodyOf(exchange)?.integrations ?? '').includes('••') &&
          ' Put the header of your MCP server in place of the dots.'}
      </p>
      <section class="stack" aria-label="For a shell">
        <h3>For a shell</h3>
        <CodeBlock code={curlOf(exchange)} language="bash" label="curl command" />
      </section>
      <section class="stack" aria-label="For a page">
        <h3>For a page: a file of its own</h3>
        <CodeBlock code={pageCodeOf(exchange)} language="xml" label="page code" />
      </section>
      <section class="stack" aria-label="For Node">
        <h3>
          For Node: after <code>npm install lmstudio-provider</code>, as <code>.mjs</code>
        </h3>
        <CodeBlock code={nodeCodeOf(exchange)} language="javascript" label="Node code" />
      </section>
    </div>
  )
}

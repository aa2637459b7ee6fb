import { ApiError } from '../../../errors/errors.js'
import { InvalidRequestError, NetworkError } from '../../../errors/errors.js'
import type { CompletionResponse, ToolDefinition } from '../../../types.js'
import { parseJSON } from '../../../utils/json.js'
import { bodyOf, chunksOf } from '../recorder.js'
import { NotTried, type ProbeContext, defineProbe } from '../types.js'
import { callsOf, choiceOf, textOf } from '../wire.js'
import { CHAT, MAX_TOKENS } from './chat.js'

const PROMPT = 'When is high tide in Oban today? Use the tool.'
const TOOL: ToolDefinition = {
  name: 'tide_at',
  description: 'Returns the time of high tide at a harbor.',
  parameters: { type: 'object', properties: { harbor: { type: 'string' } }, required: ['harbor'] },
}

export const tools = defineProbe({
  name: 'Tools',
  assumptions: {
    call: { section: '3.3', text: 'A call has the name of the tool, and its arguments as JSON in a string' },
    finish: { section: '3.3', text: 'A response with calls has finish_reason tool_calls', scope: 'lmstudio' },
    reading: { section: '9.4', text: 'The library reads the call and reports the finish reason tool-calls' },
    streamed: { section: '3.3', text: 'The deltas of a streamed call join to its arguments' },
    result: { section: '3.3', text: 'The model responds to the result in a tool message' },
    choice: { section: '9.4', text: 'An object as tool_choice gets status 400', scope: 'lmstudio' },
  },
  async run(context, findings) {
    const { provider, chatModel, lastExchange, request } = context
    const model = chatModel()
    const response = await callTool(context, model)
    const { message, finish_reason: finishReason } = choiceOf(bodyOf(lastExchange(CHAT)))
    const [call] = callsOf(message)
    const [read] = response.toolCalls
    if (call === undefined || read === undefined) throw new NotTried('the model did not call the tool')
    const isCall = call.name === TOOL.name && typeof parseJSON(textOf(call.arguments)) === 'object'
    findings.check('call', isCall, `name ${String(call.name)}, arguments ${typeof call.arguments}`)
    findings.check('finish', finishReason === 'tool_calls', `finish_reason: ${String(finishReason)}`)
    const isRead =
      read.name === call.name && read.rawArguments === call.arguments && response.finishReason === 'tool-calls'
    findings.check('reading', isRead, `read ${read.name}, finish reason ${response.finishReason}`)

    const streamed = await provider.stream({ ...requestFor(model), toolChoice: 'required' }).response
    const raw = chunksOf(lastExchange(CHAT))
      .flatMap((chunk) => callsOf(choiceOf(chunk).delta).slice(0, 1))
      .map((delta) => textOf(delta.arguments))
      .join('')
    const [first] = streamed.toolCalls
    if (first === undefined) findings.skip('streamed', 'the model did not call the tool')
    const isSingle = streamed.toolCalls.length === 1
    if (!isSingle) findings.skip('streamed', 'the model made several calls')
    findings.check('streamed', first?.rawArguments === raw && isJSON(raw), 'the arguments differ or are not JSON')

    const answer = await provider.complete({
      model,
      messages: [
        { role: 'user', content: PROMPT },
        { role: 'assistant', toolCalls: [read] },
        { role: 'tool', toolCallId: read.id, content: '{"high_tide":"04:12"}' },
      ],
      tools: [TOOL],
      maxTokens: MAX_TOKENS,
      temperature: 0,
    })
    const isAnswer = answer.text !== '' || (answer.reasoning ?? '') !== '' || answer.toolCalls.length > 0
    findings.check('result', isAnswer, 'the response is empty')

    const refused = await request('POST', CHAT, {
      body: {
        model,
        messages: [{ role: 'user', content: PROMPT }],
        tools: [{ type: 'function', function: TOOL }],
        tool_choice: { type: 'function', function: { name: TOOL.name } },
        max_tokens: 16,
      },
    })
    findings.check('choice', refused.status === 400, `status ${refused.status}`)
  },
})

const requestFor = (model: string) => ({ model, prompt: PROMPT, tools: [TOOL], maxTokens: MAX_TOKENS, temperature: 0 })

/** Requests a call. A server that cannot run tools as it was started is not wrong. */
async function callTool({ provider, server }: ProbeContext, model: string): Promise<CompletionResponse> {
  try {
    return await provider.complete({ ...requestFor(model), toolChoice: 'required' })
  } catch (error) {
    const isRefusal = InvalidRequestError.isInstance(error) || ApiError.isInstance(error) || isServerError(error)
    if (!isRefusal || server.kind === 'LM Studio') throw error
    throw new NotTried(`the server refuses tools: ${(error as Error).message}`)
  }
}

/** llama.cpp without --jinja refuses tools with status 500. */
const isServerError = (error: unknown): boolean => NetworkError.isInstance(error) && error.code === 'server-error'

const isJSON = (text: string): boolean => parseJSON(text) !== undefined

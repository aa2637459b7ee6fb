import { answerPrompt } from './answer.js'
import { type Behaviour, type Steps, withTools } from './fault-behaviour.js'
import type { MockFaultName } from './fault-types.js'
import { type JSONObject, asArray, asObject, asString, isObject } from './json-values.js'
import type { Step } from './steps.js'
import type { MockPrompt, MockReply } from './types.js'

type Call = Record<string, unknown>

/** A model under one of these faults calls a tool when it can, so that the fault has something to spoil. */
function callTool(prompt: MockPrompt): MockReply | undefined {
  if (prompt.messages.at(-1)?.role === 'tool') return undefined
  return answerPrompt({ ...prompt, toolChoice: 'required' })
}

/** Applies a change to every tool call of a chunk or a whole completion. */
function changeCalls(document: JSONObject, change: (call: Call) => Call): JSONObject {
  const choices = asArray(document.choices).map((choice) => {
    const holder = asObject(choice)
    const key = isObject(holder.delta) ? 'delta' : 'message'
    const inner = asObject(holder[key])
    if (!Array.isArray(inner.tool_calls)) return holder
    return { ...holder, [key]: { ...inner, tool_calls: inner.tool_calls.map((call) => change(asObject(call))) } }
  })
  return 'choices' in document ? { ...document, choices } : document
}

const spoil = (change: (call: Call) => Call): Behaviour => ({
  applies: withTools,
  reply: callTool,
  json: (document) => changeCalls(document, change),
})

const omit =
  (key: string) =>
  (call: Call): Call => {
    const { [key]: _gone, ...rest } = call
    return rest
  }

const withFunction = (call: Call, change: object): Call => ({
  ...call,
  function: { ...asObject(call.function), ...change },
})

/** The tool-call deltas of a frame. */
function callsIn(step: Step): readonly JSONObject[] {
  if (step.kind !== 'frame' || !isObject(step.data)) return []
  const delta = asObject(asObject(asArray(step.data.choices)[0]).delta)
  return asArray(delta.tool_calls).map(asObject)
}

const withCall = (step: Step, change: (call: Call) => Call): Step =>
  step.kind === 'frame' && isObject(step.data) ? { ...step, data: changeCalls(step.data, change) } : step

/** Joins the deltas of each call into its first one, then lets `change` have the whole call. */
async function* gather(steps: Steps, change: (call: Call) => Call): AsyncGenerator<Step> {
  let first: Step | undefined
  let index: unknown
  let collected = ''
  const flush = function* (): Generator<Step> {
    const argumentsText = collected
    if (first !== undefined) yield withCall(first, (call) => change(withFunction(call, { arguments: argumentsText })))
    first = undefined
    collected = ''
  }
  for await (const step of steps) {
    const call = callsIn(step)[0]
    if (call === undefined) {
      yield* flush()
      yield step
      continue
    }
    if (first !== undefined && call.index !== index) yield* flush()
    first ??= step
    index = call.index
    collected += asString(asObject(call.function).arguments)
  }
  yield* flush()
}

/** Changes whole calls, in one document or in deltas gathered into one. */
const spoilWhole = (change: (call: Call) => Call): Behaviour => ({
  applies: withTools,
  reply: callTool,
  json: (document) => {
    const isDelta = isObject(asObject(asArray(document.choices)[0]).delta)
    return isDelta ? document : changeCalls(document, change)
  },
  steps: (steps, _parameters, _exchange, isWhole) => gather(steps, isWhole ? (call) => call : change),
})

async function* repeatNames(steps: Steps): AsyncGenerator<Step> {
  const known = new Map<unknown, JSONObject>()
  for await (const step of steps) {
    yield withCall(step, (call) => {
      if (asString(call.id) !== '') known.set(call.index, call)
      const opening = asObject(known.get(call.index))
      const repeated = withFunction(call, { name: asObject(opening.function).name })
      return { ...repeated, id: opening.id, type: 'function' }
    })
  }
}

function asText(prompt: MockPrompt): MockReply | undefined {
  const called = callTool(prompt)?.toolCalls ?? []
  const text = called
    .map((call) => `[TOOL_REQUEST]${JSON.stringify({ name: call.name, arguments: call.arguments })}[END_TOOL_REQUEST]`)
    .join('\n')
  return text === '' ? undefined : { text }
}

const parsed = (call: Call): unknown => JSON.parse(asString(asObject(call.function).arguments) || '{}')

type ToolCallFaults = Extract<MockFaultName, `tool-calls-${string}`>

/** Ways in which servers get tool calls wrong. */
export const toolCallFaults: Readonly<Record<ToolCallFaults, Behaviour>> = {
  'tool-calls-without-index': spoil(omit('index')),
  'tool-calls-without-id': spoil(omit('id')),
  'tool-calls-empty-id': spoil((call) => ('id' in call ? { ...call, id: '' } : call)),
  'tool-calls-empty-name': spoil((call) =>
    'name' in asObject(call.function) ? withFunction(call, { name: '' }) : call,
  ),
  'tool-calls-name-repeated': { applies: withTools, reply: callTool, steps: repeatNames },
  'tool-calls-in-one-delta': spoilWhole((call) => call),
  'tool-calls-arguments-null': spoilWhole((call) => withFunction(call, { arguments: null })),
  'tool-calls-arguments-empty': spoilWhole((call) => withFunction(call, { arguments: '' })),
  'tool-calls-arguments-object': spoilWhole((call) => withFunction(call, { arguments: parsed(call) })),
  'tool-calls-arguments-invalid': spoilWhole((call) => {
    const whole = asString(asObject(call.function).arguments)
    return withFunction(call, { arguments: whole.slice(0, Math.max(1, whole.length - 1)) })
  }),
  'tool-calls-as-text': { applies: withTools, reply: asText },
  'tool-calls-finish-stop': {
    applies: withTools,
    reply: (prompt) => {
      const reply = callTool(prompt)
      return reply === undefined ? undefined : { ...reply, finishReason: 'stop' }
    },
  },
}

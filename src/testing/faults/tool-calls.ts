import { defaultReply } from '../default-reply.js'
import { type JSONObject, asArray, asObject, asString, isObject } from '../json-values.js'
import type { BodyStep, BodySteps } from '../replies/steps.js'
import type { MockPrompt, MockReply } from '../types.js'
import { type FaultBehavior, callsWithTools, streamsWithTools } from './behavior.js'
import type { MockFaultName } from './types.js'

type Call = Record<string, unknown>
type ChangeCall = (call: Call) => Call

/** Calls a tool whenever that is possible, so that the fault has a call to change. */
function callTool(prompt: MockPrompt): MockReply | undefined {
  if (prompt.messages.at(-1)?.role === 'tool') return undefined
  return defaultReply({ ...prompt, toolChoice: 'required' })
}

/** Changes every tool call of a chunk or of a whole completion. */
function changeCalls(document: JSONObject, change: ChangeCall): JSONObject {
  const choices = asArray(document.choices).map((value) => {
    const choice = asObject(value)
    const key = isObject(choice.delta) ? 'delta' : 'message'
    const message = asObject(choice[key])
    if (!Array.isArray(message.tool_calls)) return choice
    return { ...choice, [key]: { ...message, tool_calls: message.tool_calls.map((call) => change(asObject(call))) } }
  })
  return 'choices' in document ? { ...document, choices } : document
}

/** Creates a fault that changes each delta of a tool call, and each call of a whole completion. */
const changeDeltas = (change: ChangeCall): FaultBehavior => ({
  applies: callsWithTools,
  reply: callTool,
  json: (document) => changeCalls(document, change),
})

const without =
  (key: string): ChangeCall =>
  (call) => {
    const { [key]: _omitted, ...rest } = call
    return rest
  }

const withFunction = (call: Call, fields: object): Call => ({
  ...call,
  function: { ...asObject(call.function), ...fields },
})

/** Returns the tool-call deltas of a frame. */
function callsIn(step: BodyStep): readonly JSONObject[] {
  if (step.kind !== 'frame' || !isObject(step.data)) return []
  const delta = asObject(asObject(asArray(step.data.choices)[0]).delta)
  return asArray(delta.tool_calls).map(asObject)
}

const changeStep = (step: BodyStep, change: ChangeCall): BodyStep =>
  step.kind === 'frame' && isObject(step.data) ? { ...step, data: changeCalls(step.data, change) } : step

/** Joins the deltas of each call into its first one, then applies `change` to the complete call. */
async function* joinDeltas(steps: BodySteps, change: ChangeCall): AsyncGenerator<BodyStep> {
  let first: BodyStep | undefined
  let index: unknown
  let joined = ''
  const flush = function* (): Generator<BodyStep> {
    const args = joined
    if (first !== undefined) yield changeStep(first, (call) => change(withFunction(call, { arguments: args })))
    first = undefined
    joined = ''
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
    joined += asString(asObject(call.function).arguments)
  }
  yield* flush()
}

/** Creates a fault that changes complete calls; in a stream, the deltas of a call are joined first. */
const changeWholeCalls = (change: ChangeCall): FaultBehavior => ({
  applies: callsWithTools,
  reply: callTool,
  json: (document) => {
    const isChunk = isObject(asObject(asArray(document.choices)[0]).delta)
    return isChunk ? document : changeCalls(document, change)
  },
  steps: (steps, _parameters, { isDocument }) => joinDeltas(steps, isDocument ? (call) => call : change),
})

/** Sends each call in two deltas: the first half of its name and of its arguments, then the second. */
async function* splitNames(steps: BodySteps): AsyncGenerator<BodyStep> {
  for await (const step of joinDeltas(steps, (call) => call)) {
    const call = callsIn(step)[0]
    if (call === undefined) {
      yield step
      continue
    }
    const { name, arguments: args } = asObject(call.function)
    const halves = [name, args].map((text) => [
      asString(text).slice(0, asString(text).length >> 1),
      asString(text).slice(asString(text).length >> 1),
    ])
    const half = (index: 0 | 1): object => ({ name: halves[0]?.[index], arguments: halves[1]?.[index] })
    yield changeStep(step, (whole) => ({ ...whole, function: half(0) }))
    yield changeStep(step, ({ index }) => ({ index, function: half(1) }))
  }
}

/** Repeats the complete arguments of each call after its last delta. */
async function* repeatArguments(steps: BodySteps): AsyncGenerator<BodyStep> {
  let last: BodyStep | undefined
  let joined = ''
  const repeat = function* (): Generator<BodyStep> {
    const args = joined
    if (last !== undefined) yield changeStep(last, ({ index }) => ({ index, function: { arguments: args } }))
    last = undefined
    joined = ''
  }
  for await (const step of steps) {
    const call = callsIn(step)[0]
    if (last !== undefined && call?.index !== callsIn(last)[0]?.index) yield* repeat()
    yield step
    if (call === undefined) continue
    last = step
    joined += asString(asObject(call.function).arguments)
  }
  yield* repeat()
}

/** Repeats the name, id and type of a call on all of its deltas. */
async function* repeatNames(steps: BodySteps): AsyncGenerator<BodyStep> {
  const openings = new Map<unknown, JSONObject>()
  for await (const step of steps) {
    yield changeStep(step, (call) => {
      if (asString(call.id) !== '') openings.set(call.index, call)
      const opening = asObject(openings.get(call.index))
      const repeated = withFunction(call, { name: asObject(opening.function).name })
      return { ...repeated, id: opening.id, type: 'function' }
    })
  }
}

/** Writes the tool calls as text, in LM Studio's fallback markup (docs/http-api.md 9.4). */
function replyWithMarkup(prompt: MockPrompt): MockReply | undefined {
  const calls = callTool(prompt)?.toolCalls ?? []
  const text = calls
    .map((call) => `[TOOL_REQUEST]${JSON.stringify({ name: call.name, arguments: call.arguments })}[END_TOOL_REQUEST]`)
    .join('\n')
  return text === '' ? undefined : { text }
}

const argumentsOf = (call: Call): string => asString(asObject(call.function).arguments)

/** Creates the faults of tool calls. */
export const createToolCallFaults = (): Readonly<
  Record<Extract<MockFaultName, `tool-calls-${string}`>, FaultBehavior>
> => ({
  'tool-calls-without-index': changeDeltas(without('index')),
  'tool-calls-without-id': changeDeltas(without('id')),
  'tool-calls-empty-id': changeDeltas((call) => ('id' in call ? { ...call, id: '' } : call)),
  'tool-calls-empty-name': changeDeltas((call) =>
    'name' in asObject(call.function) ? withFunction(call, { name: '' }) : call,
  ),
  'tool-calls-without-name': changeDeltas((call) => {
    const { name: _omitted, ...rest } = asObject(call.function)
    return { ...call, function: rest }
  }),
  'tool-calls-without-function': changeDeltas(without('function')),
  'tool-calls-missing': {
    applies: callsWithTools,
    reply: (prompt) => {
      const reply = callTool(prompt)
      return reply === undefined ? undefined : { ...reply, toolCalls: [], finishReason: 'tool_calls' }
    },
  },
  'tool-calls-name-split': {
    applies: streamsWithTools,
    reply: callTool,
    steps: (steps) => splitNames(steps),
  },
  'tool-calls-arguments-repeated': {
    applies: streamsWithTools,
    reply: callTool,
    steps: (steps) => repeatArguments(steps),
  },
  'tool-calls-name-repeated': { applies: callsWithTools, reply: callTool, steps: (steps) => repeatNames(steps) },
  'tool-calls-in-one-delta': changeWholeCalls((call) => call),
  'tool-calls-arguments-null': changeWholeCalls((call) => withFunction(call, { arguments: null })),
  'tool-calls-arguments-empty': changeWholeCalls((call) => withFunction(call, { arguments: '' })),
  'tool-calls-arguments-object': changeWholeCalls((call) =>
    withFunction(call, { arguments: JSON.parse(argumentsOf(call) || '{}') }),
  ),
  'tool-calls-arguments-invalid': changeWholeCalls((call) => {
    const args = argumentsOf(call)
    return withFunction(call, { arguments: args.slice(0, Math.max(1, args.length - 1)) })
  }),
  'tool-calls-as-text': { applies: callsWithTools, reply: replyWithMarkup },
  'tool-calls-finish-stop': {
    applies: callsWithTools,
    reply: (prompt) => {
      const reply = callTool(prompt)
      return reply === undefined ? undefined : { ...reply, finishReason: 'stop' }
    },
  },
})

import * as v from 'valibot'
import { InvalidResponseError } from '../errors/errors.js'
import { TextBuffer } from '../streaming/text-buffer.js'
import type { ToolCall } from '../types.js'
import { isObject, parseJSON } from '../utils/json.js'
import { count, nullableText, nullable, toolArguments, type Wire } from '../validation/schema.js'
import { JSONEnd } from './json-end.js'
import { ToolNames } from './tool-names.js'
import type { CompletionEvent } from './types.js'

/** Most tool calls in one response. No model makes so many; a server that repeats itself without end does. */
export const MAX_TOOL_CALLS = 100_000

// A longer text is not a name.
const MAX_NAME_LENGTH = 256

const wireArguments = /* @__PURE__ */ nullable(toolArguments)

export const toolCallDeltaSchema = /* @__PURE__ */ v.looseObject({
  index: count,
  id: nullableText,
  function: /* @__PURE__ */ nullable(
    /* @__PURE__ */ v.looseObject({ name: nullableText, arguments: wireArguments, parameters: wireArguments }),
  ),
  // Some servers leave out the object around these, or name the arguments as the model did.
  name: nullableText,
  arguments: wireArguments,
  parameters: wireArguments,
  input: wireArguments,
})

/** A tool call, or a fragment of one. */
export type WireToolCall = Wire<typeof toolCallDeltaSchema>

export type ToolCallDeltaEvent = Extract<CompletionEvent, { readonly type: 'tool-call-start' | 'tool-call-delta' }>

/** A tool call that is still arriving. */
interface PendingCall {
  /** Position among all calls, also those without a name. */
  readonly order: number
  /** Whether the server has sent an index of it. */
  hasIndex: boolean
  /** The server's id; empty while it has sent none. */
  wireId: string
  name: string
  /** Position in the response; set together with `id` when the name begins. */
  index: number
  id: string
  arguments: TextBuffer
  /** The last fragment of the arguments, if it may hold all of them. */
  lastWhole: string
  /** Whether each fragment holds all arguments so far. */
  isCumulative: boolean
  end: JSONEnd
  /** How many fragments brought arguments. */
  fragmentCount: number
  /** Whether the events of this call have begun. */
  isEmitted: boolean
}

/** A fragment in one shape. */
interface Fragment {
  readonly index: number | undefined
  readonly id: string
  readonly name: string
  readonly arguments: string
  /** Whether the arguments came as a value, which is complete, and not as a part of a text. */
  readonly isValue: boolean
  /** Whether the fragment came in the chunk that ends the response. */
  readonly isLast: boolean
}

/**
 * Assembles the fragments of tool calls under every quirk of docs/http-api.md 9.4: fragments belong together by index,
 * else by id, else by position; a fragment without an id continues a call; a name may arrive late, in parts or repeatedly;
 * several calls may share one index or id; complete arguments may be repeated.
 *
 * @remarks
 * The cost is linear in the size of the fragments, also for 100,000 calls and for names that every fragment repeats.
 */
export class ToolCallAccumulator {
  readonly #names: ToolNames
  readonly #pending: PendingCall[] = []
  /** The calls that have a name, in the order in which they got it. */
  readonly #calls: PendingCall[] = []
  // Without these, 100,000 calls would search all calls before them.
  readonly #latestByIndex = new Map<number, PendingCall>()
  readonly #latestByWireId = new Map<string, PendingCall>()
  readonly #takenIds = new Set<string>()
  /** No number below this is free for a made id. */
  #nextNumber = 1
  #latest: PendingCall | undefined
  /** How many calls arrived before the chunk that is read. */
  #chunkStart = 0

  /** @param names - the names of the request's tools, which distinguish a part of a name from the name of another call */
  constructor(names: readonly string[] = []) {
    this.#names = new ToolNames(names)
  }

  /** Length of all arguments that arrived, and of the names and ids that are kept, in characters. */
  length = 0

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  /** Whether a call arrived without the name of its tool. Empty entries are skipped if there are other calls. */
  get hasNameless(): boolean {
    return this.#pending.some(
      ({ name, wireId, arguments: received }) => name === '' && (this.isEmpty || wireId !== '' || received.length > 0),
    )
  }

  /**
   * Adds the fragments of one chunk and returns their events.
   *
   * @param isLast - whether the chunk ends the response
   */
  push(fragments: readonly WireToolCall[], isLast = false): ToolCallDeltaEvent[] {
    this.#chunkStart = this.#pending.length
    return fragments.flatMap((fragment, position) =>
      this.#add(toFragment(fragment, isLast), fragments.length > 1 ? position : undefined),
    )
  }

  /** Returns the events of calls that were held back because more of their name could have followed. */
  flush(): ToolCallDeltaEvent[] {
    return this.#calls.flatMap((call) => (call.isEmitted ? [] : startEvents(call)))
  }

  /** Returns the calls that got a name. */
  finish(): ToolCall[] {
    return this.#calls.map(toToolCall)
  }

  #add(fragment: Fragment, position: number | undefined): ToolCallDeltaEvent[] {
    this.length += fragment.arguments.length
    const candidate = this.#find(fragment, position)
    const call = candidate === undefined || this.#isOtherCall(candidate, fragment) ? this.#create() : candidate
    this.#latest = call
    if (fragment.index !== undefined) this.#setIndex(call, fragment.index)
    if (call.wireId === '' && fragment.id !== '') this.#setWireId(call, fragment.id)
    this.#addName(call, fragment.name)
    const argumentsDelta = addArguments(call, fragment)
    if (call.isEmitted) {
      return argumentsDelta === '' ? [] : [{ type: 'tool-call-delta', index: call.index, id: call.id, argumentsDelta }]
    }
    if (call.name === '') return []
    // A whole name that could also begin a longer one is settled by a fragment without a name.
    const isSettled = fragment.name === '' && this.#names.isKnown(call.name)
    return isSettled || !this.#names.canGrow(call.name) ? startEvents(call) : []
  }

  /** Finds the call to which a fragment most likely belongs. */
  #find(fragment: Fragment, position: number | undefined): PendingCall | undefined {
    const { index, id, name } = fragment
    if (index !== undefined) {
      const withIndex = this.#latestByIndex.get(index) ?? this.#findSame(fragment) ?? this.#findContinued(fragment)
      if (withIndex !== undefined || id !== '' || name !== '') return withIndex
      // The first fragment of a call may lack the index that the others have.
      const latest = this.#latest
      return latest !== undefined && !latest.hasIndex && !latest.end.isComplete ? latest : undefined
    }
    const atPosition = position === undefined ? this.#latest : this.#pending[position]
    if (id === '') return atPosition
    const withId = this.#latestByWireId.get(id)
    if (withId !== undefined || atPosition === undefined) return withId
    // Some servers make an id for every fragment.
    const isContinued = name === '' && atPosition.name !== '' && !atPosition.end.isComplete
    return isContinued || (atPosition.wireId === '' && atPosition.name === '') ? atPosition : undefined
  }

  /** Finds the complete call of an earlier chunk that a fragment repeats; the calls of one chunk are separate. */
  #findSame({ id, name, arguments: text }: Fragment): PendingCall | undefined {
    const call = this.#latestByWireId.get(id)
    if (call?.name !== name || call.order >= this.#chunkStart || !call.end.isComplete) return undefined
    return hasArguments(call, text) ? call : undefined
  }

  /** Finds the call of an earlier chunk that a fragment with its id continues, although its index is another one. */
  #findContinued({ id, name, arguments: text }: Fragment): PendingCall | undefined {
    const call = this.#latestByWireId.get(id)
    if (call === undefined || call.order >= this.#chunkStart) return undefined
    if (name !== '' && name !== call.name && !this.#isNamePart(call, name)) return undefined
    // After complete arguments nothing of the same call can follow.
    const isOther = call.end.isComplete && (name !== '' || text.trim() !== '')
    return isOther ? undefined : call
  }

  /** Whether a fragment begins another call than the one that its place suggests. */
  #isOtherCall(call: PendingCall, fragment: Fragment): boolean {
    const { id, name } = fragment
    if (name === '') return false
    if (id !== '' && call.wireId !== '' && id !== call.wireId) return true
    if (call.name === '') return false
    // The name may be repeated on every fragment; after complete arguments nothing of the same call can follow.
    if (name === call.name)
      return call.end.isComplete && fragment.arguments.trim() !== '' && !isRepeated(call, fragment)
    if (this.#isNamePart(call, name)) return false
    return this.#names.isEmpty || this.#names.isKnown(name) || this.#names.isKnown(call.name) || call.end.isComplete
  }

  /** Whether a text continues the name of a call, or repeats its beginning. */
  #isNamePart(call: PendingCall, part: string): boolean {
    const name = call.name + part
    if (this.#names.canGrow(name) || this.#names.isKnown(name)) return true
    return !this.#names.isEmpty && !this.#names.isKnown(call.name) && part.startsWith(call.name)
  }

  #addName(call: PendingCall, name: string): void {
    if (name === '' || name === call.name) return
    if (call.name === '') this.#name(call, name)
    else if (name.startsWith(call.name)) {
      this.length += name.length - call.name.length
      call.name = name
    } else if (call.name.length < MAX_NAME_LENGTH) call.name += name
  }

  #create(): PendingCall {
    if (this.#pending.length === MAX_TOOL_CALLS) {
      throw new InvalidResponseError(`The response has more than ${MAX_TOOL_CALLS} tool calls.`, {
        code: 'too-many-tool-calls',
      })
    }
    const call = {
      order: this.#pending.length,
      hasIndex: false,
      wireId: '',
      name: '',
      index: -1,
      id: '',
      arguments: new TextBuffer(),
      lastWhole: '',
      isCumulative: false,
      end: new JSONEnd(),
      fragmentCount: 0,
      isEmitted: false,
    }
    this.#pending.push(call)
    return call
  }

  #setIndex(call: PendingCall, index: number): void {
    call.hasIndex = true
    this.#latestByIndex.set(index, call)
  }

  #setWireId(call: PendingCall, id: string): void {
    call.wireId = id
    this.length += id.length
    const latest = this.#latestByWireId.get(id)
    if (latest === undefined || latest.order < call.order) this.#latestByWireId.set(id, call)
  }

  #name(call: PendingCall, name: string): void {
    call.name = name
    this.length += name.length
    call.index = this.#calls.length
    call.id = call.wireId
    if (this.#nextNumber <= call.index) this.#nextNumber = call.index + 1
    while (call.id === '' || this.#takenIds.has(call.id)) call.id = `call_${this.#nextNumber++}`
    this.#takenIds.add(call.id)
    this.#calls.push(call)
  }
}

function toFragment(wire: WireToolCall, isLast: boolean): Fragment {
  const { function: call } = wire
  const received = call?.arguments ?? wire.arguments ?? call?.parameters ?? wire.parameters ?? wire.input ?? ''
  const name = call?.name || wire.name || ''
  const isValue = typeof received !== 'string'
  // PHP writes an empty object as an empty list.
  const isEmptyList = Array.isArray(received) && received.length === 0
  return {
    index: wire.index ?? undefined,
    id: wire.id ?? '',
    // White space names no tool.
    name: name.trim() === '' ? '' : name,
    arguments: isEmptyList ? '{}' : isValue ? JSON.stringify(received) : received,
    isValue,
    isLast,
  }
}

/** Adds the arguments of a fragment and returns what is new of them. */
function addArguments(call: PendingCall, fragment: Fragment): string {
  const delta = fragment.arguments
  if (delta === '') return ''
  const isReplacement = fragment.isValue || replacesArguments(call, delta)
  if (call.end.isComplete && (delta.trim() === '{}' || hasArguments(call, delta))) return ''
  const added = isReplacement ? delta : newArguments(call, fragment)
  // A value is the complete arguments, not a part of them.
  if (isReplacement) {
    call.arguments = new TextBuffer()
    call.end = new JSONEnd()
  }
  call.arguments.append(added)
  call.end.push(added)
  call.fragmentCount++
  return added
}

/** Some servers begin with empty arguments and send the actual ones after them. */
const replacesArguments = (call: PendingCall, delta: string): boolean =>
  call.end.isComplete && call.arguments.length === 2 && delta.trimStart().startsWith('{')

/** Returns what a fragment adds: it may hold once more all that came before it. */
function newArguments(call: PendingCall, { arguments: delta, isLast }: Fragment): string {
  const { arguments: received, end, lastWhole } = call
  const followsWhole = lastWhole !== '' && delta.startsWith(lastWhole)
  call.lastWhole = followsWhole ? delta : ''
  const mayRepeat = !end.isComplete && received.length > 0 && delta.length >= received.length
  const collected = mayRepeat ? received.toString() : ''
  if (!mayRepeat || !delta.startsWith(collected)) return delta
  call.isCumulative ||= cannotFollow(end, collected, delta)
  if (call.isCumulative || (isLast && parseJSON(delta) !== undefined)) return delta.slice(received.length)
  call.lastWhole = delta
  return delta
}

/** Whether the beginning of an object cannot stand here: within a string, or where a name must follow. */
const cannotFollow = (end: JSONEnd, collected: string, text: string): boolean =>
  end.isString ? /^\{\s*"[^\s:,}\]"]/.test(text) : collected.trim() === '{'

/** Whether a fragment with the name of a call repeats this call instead of beginning another one. */
function isRepeated(call: PendingCall, { id, arguments: delta, isLast }: Fragment): boolean {
  const hasSameId = id !== '' && id === call.wireId
  if (hasSameId && (delta.trim() === '{}' || replacesArguments(call, delta))) return true
  return (isLast || call.fragmentCount > 1 || hasSameId) && hasArguments(call, delta)
}

/** Whether a text is equivalent to the complete arguments of a call. */
function hasArguments({ arguments: received }: PendingCall, text: string): boolean {
  // A short text is not compared with a long one, so that the cost stays linear.
  if (text.length * 4 + 64 < received.length) return false
  const collected = received.toString()
  if (text === collected) return true
  const value = parseJSON(text)
  return value !== undefined && JSON.stringify(value) === JSON.stringify(parseJSON(collected))
}

function startEvents(call: PendingCall): ToolCallDeltaEvent[] {
  const { index, id, name } = call
  const argumentsDelta = call.arguments.toString()
  call.isEmitted = true
  const start: ToolCallDeltaEvent = { type: 'tool-call-start', index, id, name }
  return argumentsDelta === '' ? [start] : [start, { type: 'tool-call-delta', index, id, argumentsDelta }]
}

function toToolCall({ id, name, arguments: collected, lastWhole }: PendingCall): ToolCall {
  const rawArguments = collected.toString().trim() || '{}'
  const parsed = parseJSON(rawArguments)
  // What is not JSON may be all of the arguments after their beginning; a JSON string may hold the arguments.
  const inner = parsed === undefined ? lastWhole.trim() : typeof parsed === 'string' ? parsed.trim() : ''
  const value = inner === '' ? undefined : parseJSON(inner)
  return isObject(value)
    ? { id, name, arguments: value, rawArguments: inner }
    : { id, name, arguments: parsed, rawArguments }
}

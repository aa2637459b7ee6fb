import { isObject, parseJSON } from '../utils/json.js'
import { once } from '../utils/once.js'
import { findTool } from './find-tool.js'
import { parsePythonCalls } from './python-calls.js'
import { parameterNames, type TextArguments, toTypedArguments } from './typed-arguments.js'
import type { Tool } from './types.js'

/** A call of a known tool that a model wrote as text. */
export interface TextCall {
  readonly tool: Tool
  /** The arguments, or their JSON. */
  readonly args: unknown
}

/** The calls at the beginning of a text, and how many of its characters they take. */
export interface ReadCalls {
  readonly calls: readonly TextCall[]
  readonly length: number
}

/**
 * How one family of models writes calls.
 *
 * @remarks
 * `read` gets the text between the marks and returns `undefined` if that is not a call of known tools. Where the text has
 * another `open`, it must fail there at the latest, outside of strings: a text of nothing but opening marks then takes
 * linear time. See `mayBeCall` in the parser.
 */
export interface TextCallFormat {
  readonly open: string
  /** Unset where the format has no closing mark; the calls end with their JSON. */
  readonly close?: string
  read(content: string, tools: readonly Tool[], isClosed: boolean): ReadCalls | undefined
}

/** The formats, as the chat templates of the named models have them. No opening mark begins with another one. */
export const textCallFormats: () => readonly TextCallFormat[] = /* @__PURE__ */ once(() => [
  // LM Studio, for models without tool support of their own.
  { open: '[TOOL_REQUEST]', close: '[END_TOOL_REQUEST]', read: readMixed },
  // Hermes and Qwen (JSON), Qwen3-Coder (`<function=…>`), GLM (`<arg_key>`).
  { open: '<tool_call>', close: '</tool_call>', read: readMixed },
  { open: '<function=', close: '</function>', read: readBareFunction },
  { open: '<function_call>', close: '</function_call>', read: readMixed },
  { open: '<TOOLCALL>', close: '</TOOLCALL>', read: readMixed },
  // MiniMax, and models that imitate Anthropic's.
  { open: '<minimax:tool_call>', close: '</minimax:tool_call>', read: readInvocations },
  { open: '<function_calls>', close: '</function_calls>', read: readInvocations },
  // DeepSeek V3.2; V3.1; V3 and R1.
  { open: '<｜DSML｜function_calls>', close: '</｜DSML｜function_calls>', read: readInvocations },
  { open: '<｜tool▁calls▁begin｜>', close: '<｜tool▁calls▁end｜>', read: readDeepSeek },
  { open: '<｜tool▁call▁begin｜>', close: '<｜tool▁call▁end｜>', read: readDeepSeek },
  // Kimi K2.
  { open: '<|tool_calls_section_begin|>', close: '<|tool_calls_section_end|>', read: readKimi },
  { open: '<|tool_call_begin|>', close: '<|tool_call_end|>', read: readKimi },
  // Gemma 4; FunctionGemma.
  { open: '<|tool_call>', close: '<tool_call|>', read: readGemma },
  { open: '<start_function_call>', close: '<end_function_call>', read: readGemma },
  // Gemma 3; Llama 4; LFM2.
  { open: '```tool_code', close: '```', read: readPython },
  { open: '<|python_start|>', close: '<|python_end|>', read: readPython },
  { open: '<|tool_call_start|>', close: '<|tool_call_end|>', read: readPython },
  // Command R and A; Jamba.
  { open: '<|START_ACTION|>', close: '<|END_ACTION|>', read: readMixed },
  { open: '<tool_calls>', close: '</tool_calls>', read: readMixed },
  // Llama 3; Mistral; Granite and Phi.
  { open: '<|python_tag|>', read: readMixed },
  { open: '[TOOL_CALLS]', read: readMixed },
  { open: '<|tool_call|>', read: readMixed },
  // gpt-oss, with and without its special tokens.
  ...[
    '<|start|>assistant<|channel|>commentary to=functions.',
    '<|start|>assistant<|channel|>analysis to=functions.',
    '<|start|>assistant to=functions.',
    '<|channel|>commentary to=functions.',
    '<|channel|>analysis to=functions.',
    'commentary to=functions.',
    'to=functions.',
  ].map((open) => ({ open, read: readHarmony })),
])

/** What may follow a call and is dropped with it. */
export const TRAILERS: readonly string[] = [
  '</tool_call>',
  '<|/tool_call|>',
  '<|call|>',
  '<|eom_id|>',
  '<|eot_id|>',
  '<|end|>',
  '<|im_end|>',
  '</s>',
]

/** Finds the tool with a name, which some formats put behind a namespace or before the number of the call. */
const toolNamed = (tools: readonly Tool[], name: unknown): Tool | undefined =>
  typeof name === 'string' && /^\s*[\w.:-]{1,256}\s*$/.test(name)
    ? findTool(
        tools,
        name
          .trim()
          .replace(/^(?:functions|default_api)\./, '')
          .replace(/:\d+$/, ''),
      )
    : undefined

function readMixed(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  const start = content.search(/\S/)
  if (start === -1) return undefined
  if (content[start] === '{' || content[start] === '[') return readJSONCalls(content, start, tools)
  if (content.startsWith('<function=', start)) return readFunctions(content, tools)
  if (content.startsWith('<invoke', start)) return readInvocations(content, tools)
  return readNamed(content, start, tools)
}

/** One or more JSON values that are calls or lists of calls, with nothing but space and separators between them. */
function readJSONCalls(content: string, start: number, tools: readonly Tool[]): ReadCalls | undefined {
  const calls: TextCall[] = []
  let length = start
  for (let at = start; content[at] === '{' || content[at] === '['; at = skip(SEPARATORS, content, length)) {
    const end = endOfJSON(content, at)
    const found = end === -1 ? undefined : toCalls(parseJSON(content.slice(at, end)), tools)
    if (found === undefined) break
    calls.push(...found)
    length = end
  }
  return calls.length === 0 ? undefined : { calls, length }
}

const SEPARATORS = /[\s;,]*/y
const SPACE = /\s*/y

/** Returns the position after what a sticky pattern matches at `at`. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}

// What is between the brackets and strings of JSON: numbers, true, false, null, separators.
const JSON_TOKEN = /[\s\d.,:+\-Eaeflnrstu]+|[[\]{}]|"[^"\\]*(?:\\[^][^"\\]*)*"/y

/** Returns the end of the JSON object or list at `start`; -1 if there is none. */
function endOfJSON(text: string, start: number): number {
  let depth = 0
  JSON_TOKEN.lastIndex = start
  for (let match = JSON_TOKEN.exec(text); match !== null; match = JSON_TOKEN.exec(text)) {
    const [token] = match
    if (token === '{' || token === '[') depth++
    else if ((token === '}' || token === ']') && --depth === 0) return match.index + 1
  }
  return -1
}

/** The calls in a JSON value; `undefined` unless all of it is calls of known tools. */
function toCalls(value: unknown, tools: readonly Tool[]): TextCall[] | undefined {
  const calls = (Array.isArray(value) ? value : [value]).map((one) => toCall(one, tools))
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined
}

function toCall(value: unknown, tools: readonly Tool[]): TextCall | undefined {
  if (!isObject(value)) return undefined
  const call = isObject(value['function']) ? value['function'] : value
  const tool = toolNamed(tools, call['name'] ?? call['tool_name'] ?? call['tool'] ?? call['function'])
  return tool && { tool, args: call['arguments'] ?? call['parameters'] ?? call['args'] ?? call['input'] ?? {} }
}

const NAME_END = /[\s<[{]/

/** A name, followed by GLM's pairs of `<arg_key>` and `<arg_value>`, by Mistral's `[ARGS]`, by JSON, or by nothing. */
function readNamed(content: string, start: number, tools: readonly Tool[]): ReadCalls | undefined {
  const head = content.slice(start, start + 257)
  const nameLength = head.search(NAME_END)
  const tool = toolNamed(tools, nameLength === -1 ? head : head.slice(0, nameLength))
  if (tool === undefined) return undefined
  const at = skip(SPACE, content, start + (nameLength === -1 ? head.length : nameLength))
  // A name alone may be prose, unless the tool can be called like this.
  if (at === content.length) return needsArguments(tool) ? undefined : { calls: [{ tool, args: {} }], length: at }
  if (content.startsWith('<arg_key>', at)) {
    const { texts, length } = readPairs(content, at, ARG_PAIR)
    return { calls: [{ tool, args: toTypedArguments(tool, texts) }], length }
  }
  const json = skip(CALL_ID, content, at)
  const end = content[json] === '{' ? endOfJSON(content, json) : -1
  return end === -1 ? undefined : { calls: [{ tool, args: content.slice(json, end) }], length: end }
}

const needsArguments = ({ parameters }: Tool): boolean => [parameters?.['required'] ?? []].flat().length > 0

const CALL_ID = /(?:\[CALL_ID\][\w-]*)?(?:\[ARGS\])?\s*/y
/** How a format writes a pair of a name and a text. */
interface PairFormat {
  /** Matches the beginning, up to the text, and captures the name. */
  readonly begin: RegExp
  /** What ends the text. The first one that is found counts. */
  readonly ends: readonly string[]
}

const ARG_PAIR: PairFormat = {
  begin: /\s*<arg_key>([^<]{0,256})<\/arg_key>\s*<arg_value>/y,
  ends: ['</arg_value>'],
}
// The closing tag is sometimes missing.
const PARAMETER: PairFormat = {
  begin: /\s*<parameter=([^>\n]{0,256})>/y,
  ends: ['</parameter>', '<parameter=', '</function>'],
}
const INVOKE_PARAMETER: PairFormat = {
  begin: /\s*<parameter\s{1,8}name="([^"\n]{0,256})"[^>\n]{0,256}>/y,
  ends: ['</parameter>'],
}

/** Reads pairs, one after another. */
function readPairs(
  content: string,
  start: number,
  { begin, ends }: PairFormat,
): { texts: TextArguments; length: number } {
  const texts: [string, string][] = []
  let length = start
  for (;;) {
    begin.lastIndex = length
    const match = begin.exec(content)
    if (match === null) return { texts, length }
    const from = length + match[0].length
    const [end] = ends.flatMap((mark) => {
      const at = content.indexOf(mark, from)
      return at === -1 ? [] : [{ mark, at }]
    })
    if (end === undefined) return { texts, length }
    // Templates put the text on lines of its own.
    texts.push([
      match[1]!.trim(),
      content
        .slice(from, end.at)
        .replace(/^\r?\n/, '')
        .replace(/\r?\n$/, ''),
    ])
    length = end.mark === ends[0] ? end.at + end.mark.length : end.at
  }
}

/** A function without a block around it: its opening mark is that of the format. */
function readBareFunction(content: string, tools: readonly Tool[], isClosed: boolean): ReadCalls | undefined {
  const open = '<function='
  const found = readFunctions(`${open}${content}${isClosed ? '</function>' : ''}`, tools)
  return found && { ...found, length: Math.min(content.length, found.length - open.length) }
}

const FUNCTION = /\s*<function=([^>\n]{1,256})>/y

/** `<function=name>` with `<parameter=…>` elements (Qwen3-Coder) or JSON (Llama) inside. */
function readFunctions(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  const calls: TextCall[] = []
  let length = 0
  FUNCTION.lastIndex = 0
  for (let match = FUNCTION.exec(content); match !== null; match = FUNCTION.exec(content)) {
    const tool = toolNamed(tools, match[1])
    const start = skip(SPACE, content, match.index + match[0].length)
    const body = tool && readFunctionBody(content, start, tool)
    if (body === undefined) return undefined
    calls.push(body.call)
    length = skip(FUNCTION_END, content, body.length)
    FUNCTION.lastIndex = length
  }
  return calls.length === 0 ? undefined : { calls, length }
}

const FUNCTION_END = /\s*(?:<\/function>)?/y

function readFunctionBody(content: string, start: number, tool: Tool): { call: TextCall; length: number } | undefined {
  if (content[start] === '{') {
    const end = endOfJSON(content, start)
    return end === -1 ? undefined : { call: { tool, args: content.slice(start, end) }, length: end }
  }
  const { texts, length } = readPairs(content, start, PARAMETER)
  const end = skip(SPACE, content, length)
  const isComplete = end === content.length || content.startsWith('</function>', end)
  return isComplete ? { call: { tool, args: toTypedArguments(tool, texts) }, length } : undefined
}

const INVOKE = /\s*<invoke\s+name="([^"\n]{1,256})"\s*>/y
const INVOKE_END = /\s*<\/invoke>/y

/** `<invoke name="…">` with `<parameter name="…">` elements. */
function readInvocations(marked: string, tools: readonly Tool[]): ReadCalls | undefined {
  const content = marked.replaceAll('｜DSML｜', '')
  const calls: TextCall[] = []
  let at = 0
  INVOKE.lastIndex = 0
  for (let match = INVOKE.exec(content); match !== null; match = INVOKE.exec(content)) {
    const tool = toolNamed(tools, match[1])
    const { texts, length } = readPairs(content, match.index + match[0].length, INVOKE_PARAMETER)
    at = skip(INVOKE_END, content, length)
    if (tool === undefined || at === length) return undefined
    calls.push({ tool, args: toTypedArguments(tool, texts) })
    INVOKE.lastIndex = at
  }
  return calls.length === 0 || skip(SPACE, content, at) < content.length ? undefined : { calls, length: marked.length }
}

const DEEPSEEK =
  /\s*(?:<｜tool▁call▁begin｜>)?(?:function<｜tool▁sep｜>)?([^<\n{]{1,256})(?:<｜tool▁sep｜>|\n)\s*(?:```json\s*)?/y
const DEEPSEEK_END = /\s*(?:```)?\s*(?:<｜tool▁call▁end｜>)?\s*/y

function readDeepSeek(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  return readMarked(content, tools, DEEPSEEK, DEEPSEEK_END)
}

const KIMI = /\s*(?:<\|tool_call_begin\|>)?\s*([^<\n{]{1,256})<\|tool_call_argument_begin\|>\s*/y
const KIMI_END = /\s*(?:<\|tool_call_end\|>)?\s*/y

function readKimi(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  return readMarked(content, tools, KIMI, KIMI_END)
}

const HARMONY =
  /([\w.-]{1,256})\s{0,8}(?:<\|channel\|>(?:commentary|analysis)\s{0,8})?(?:<\|constrain\|>)?(?:json)?\s{0,8}<\|message\|>\s*/y

function readHarmony(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  HARMONY.lastIndex = 0
  const match = HARMONY.exec(content)
  const tool = toolNamed(tools, match?.[1])
  const start = match?.[0].length ?? 0
  const end = tool !== undefined && content[start] === '{' ? endOfJSON(content, start) : -1
  return end === -1 ? undefined : { calls: [{ tool: tool!, args: content.slice(start, end) }], length: end }
}

/** Calls that consist of a head with the name, JSON, and an end. They must fill the content. */
function readMarked(content: string, tools: readonly Tool[], head: RegExp, tail: RegExp): ReadCalls | undefined {
  const calls: TextCall[] = []
  let at = 0
  while (at < content.length) {
    head.lastIndex = at
    const match = head.exec(content)
    const tool = toolNamed(tools, match?.[1])
    const start = at + (match?.[0].length ?? 0)
    const end = tool !== undefined && content[start] === '{' ? endOfJSON(content, start) : -1
    if (end === -1) return undefined
    calls.push({ tool: tool!, args: content.slice(start, end) })
    at = skip(tail, content, end)
  }
  return calls.length === 0 ? undefined : { calls, length: at }
}

const GEMMA = /^\s*call:([\w.:-]{1,256})(\{[^]*\})\s*$/
// Texts in JSON, texts in the marks of Gemma, and names without quotes.
const GEMMA_TOKEN = /"(?:[^"\\]|\\[^])*"|(<\|"\|>|<escape>)([^]*?)\1|([{,]\s*)([\w-]+)(?=\s*:)/g

/** `call:name{key:<|"|>text<|"|>,other:7}`. */
function readGemma(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  const [, name, body = ''] = GEMMA.exec(content) ?? []
  const tool = toolNamed(tools, name)
  const args = parseJSON(
    body.replace(GEMMA_TOKEN, (token, mark?: string, text?: string, start?: string, key?: string) =>
      mark !== undefined ? JSON.stringify(text) : key !== undefined ? `${start}"${key}"` : token,
    ),
  )
  return tool && isObject(args) ? { calls: [{ tool, args }], length: content.length } : undefined
}

function readPython(content: string, tools: readonly Tool[]): ReadCalls | undefined {
  const calls = parsePythonCalls(content)?.map(({ name, positional, named }): TextCall | undefined => {
    const tool = toolNamed(tools, name)
    if (tool === undefined) return undefined
    const names = parameterNames(tool)
    if (positional.length > names.length) return undefined
    return { tool, args: { ...Object.fromEntries(positional.map((value, index) => [names[index]!, value])), ...named } }
  })
  return calls?.every((call) => call !== undefined) === true ? { calls, length: content.length } : undefined
}

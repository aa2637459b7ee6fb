import type { Tool } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { TextToolCallParser } from '../../src/tools/text-tool-calls.js'

const tools: readonly Tool[] = [
  { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
]

/** Returns the text that is left of a response, whose calls are read. */
function textOf(deltas: readonly string[]): string {
  const parser = new TextToolCallParser({ tools, nextId: () => 'call' })
  return deltas.map((delta) => parser.push(delta)).join('') + parser.end()
}

// Each took seconds to minutes when the time grew with the square of the number of marks.
const opens = [
  '<tool_call>',
  '<tool_call>{',
  '<tool_call>["',
  '<tool_call>get_weather',
  '<tool_call>get_weather<arg_key>city</arg_key><arg_value>',
  '<tool_call><function=get_weather><parameter=city>',
  '<function=get_weather>',
  '<function=get_weather><parameter=city>a',
  '<function=get_weather>{"a":"',
  '[TOOL_REQUEST]',
  '[TOOL_CALLS]',
  '[TOOL_CALLS][',
  '[TOOL_CALLS]["',
  '[TOOL_CALLS]get_weather[ARGS]{',
  '<|python_tag|>{"a":[',
  '<minimax:tool_call><invoke name="get_weather"><parameter name="city">',
  '<function_calls><invoke name="get_weather">',
  '<｜tool▁calls▁begin｜>get_weather<｜tool▁sep｜>{',
  '<|tool_calls_section_begin|>get_weather<|tool_call_argument_begin|>{',
  '```tool_code\nget_weather(["',
  '\n```tool_code\nget_weather(',
  'commentary to=functions.get_weather<|message|>{',
  'to=functions.get_weather<|channel|>',
  '<|tool_call>call:get_weather{',
  '<|tool_call>call:get_weather{a:<|"|>',
  '<start_function_call>call:get_weather{a:<escape>}',
  '<|python_start|>[get_weather(',
  '<|tool_call_start|>[get_weather(["',
  '<|START_ACTION|>["',
  '<tool_calls>["',
  '`',
  '``a',
  '\n```',
  '<function_calls><minimax:tool_call>',
  '<tool_call><function=get_weather><parameter=city><function=',
]
test.each(opens)('reads 32,000 times %j in linear time', (open) => {
  const text = open.repeat(32_000)
  const ends =
    '</parameter></function></invoke></function_calls></minimax:tool_call></tool_call>[END_TOOL_REQUEST]<tool_call|>'
  for (const end of ['', ends]) {
    expect(textOf([text + end]).length).toBeGreaterThan(0)
    const deltas = Array.from({ length: 32_000 }, () => open)
    expect(textOf([...deltas, end]).length).toBeGreaterThan(0)
  }
})

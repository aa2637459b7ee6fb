import fc from 'fast-check'
import type { Tool } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { TextToolCallParser } from '../../src/tools/text-tool-calls.js'

const tools = [{ name: 'get_weather' }]
const CALL = '{"name":"get_weather","arguments":{"city":"Oslo"}}'
const TOOL_CALL = { id: 'call_1', name: 'get_weather', arguments: { city: 'Oslo' }, rawArguments: '{"city":"Oslo"}' }

function createParser(offered: readonly Tool[] = tools): TextToolCallParser {
  let count = 0
  return new TextToolCallParser({ tools: offered, nextId: () => `call_${++count}` })
}

/** What a parser returns for each delta, the whole text, and the calls. */
function parse(deltas: readonly string[], offered: readonly Tool[] = tools) {
  const parser = createParser(offered)
  const emitted = deltas.map((delta) => parser.push(delta))
  const rest = parser.end()
  return { text: emitted.join('') + rest, emitted, toolCalls: parser.toolCalls }
}

describe('TextToolCallParser', () => {
  test.each([
    ['the tags of LM Studio', `[TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`],
    ['the tags of Qwen', `<tool_call>\n${CALL}\n</tool_call>`],
    ['a missing closing tag', `<tool_call>${CALL}`],
    ['`parameters` instead of `arguments`', `<tool_call>${CALL.replace('arguments', 'parameters')}</tool_call>`],
    [
      'arguments that are a string, and the name in another form',
      '<tool_call>{"name":"getWeather","arguments":"{\\"city\\":\\"Oslo\\"}"}</tool_call>',
    ],
  ])('extracts a call with %s', (_, text) => {
    expect(parse([text])).toMatchObject({ text: '', toolCalls: [TOOL_CALL] })
  })

  test.each([
    ['a call of another tool', '<tool_call>{"name":"launch","arguments":{}}</tool_call>'],
    ['broken JSON', '<tool_call>{"name":"get_weather"</tool_call>'],
    ['JSON that is not an object', '[TOOL_REQUEST]"get_weather"[END_TOOL_REQUEST]'],
    ['a single tag', 'Write <tool_call> first.'],
    ['the beginning of a tag', 'a [TOOL'],
    ['whitespace', ' \n a \n\n'],
  ])('leaves %s in the text', (_, text) => {
    expect(parse([text])).toMatchObject({ text, toolCalls: [] })
  })

  test('extracts a call that follows a single tag', () => {
    const text = `Say <tool_call> or [TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`
    expect(parse([text])).toMatchObject({ text: 'Say <tool_call> or', toolCalls: [TOOL_CALL] })
  })

  test('extracts several calls, with the whitespace around them', () => {
    const block = `[TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`
    const { text, toolCalls } = parse([`Let me look.\n\n${block}\n${block}\n`])
    expect(text).toBe('Let me look.')
    expect(toolCalls.map(({ id }) => id)).toEqual(['call_1', 'call_2'])
  })

  test.each([
    ['two words', 'Look: @ there.', 'Look: there.'],
    ['two paragraphs', 'Look.\n\n@\n@\nThere.', 'Look.\n\nThere.'],
    ['a word and the beginning of a tag', 'Look @ <tool_', 'Look <tool_'],
    ['nothing and a word', '\n@\nThere.', 'There.'],
  ])('keeps the whitespace when it extracts a call between %s', (_, template, text) => {
    const input = template.replaceAll('@', `<tool_call>${CALL}</tool_call>`)
    expect(parse([input]).text).toBe(text)
    expect(parse([...input]).text).toBe(text)
  })

  test('treats empty arguments as an empty object', () => {
    const { toolCalls } = parse(['<tool_call>{"name":"get_weather","arguments":""}</tool_call>'])
    expect(toolCalls).toMatchObject([{ arguments: {}, rawArguments: '{}' }])
  })

  test('holds back only what may belong to a tag', () => {
    expect(parse(['a <', 'b', ' [TOOL_', 'KIT]', ' d']).emitted).toEqual(['a', ' <b', '', ' [TOOL_KIT]', ' d'])
  })

  test.each([
    [256, 0],
    [257, 257],
  ])('of %i line breaks emits %i at once', (length, emitted) => {
    expect(parse(['\n'.repeat(length)])).toMatchObject({
      emitted: ['\n'.repeat(emitted)],
      text: '\n'.repeat(length),
    })
  })

  test('gives the same result wherever the text is split', () => {
    const parts = fc.constantFrom(
      '<tool_call>',
      '</tool_call>',
      '[TOOL_REQUEST]',
      '[END_TOOL_REQUEST]',
      CALL,
      ' ',
      '\n',
      '<',
      '[',
      'a',
      '{}',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), fc.array(fc.nat(60)), (tokens, cuts) => {
        const text = tokens.join('')
        const at = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length]
        const deltas = at.slice(1).map((end, index) => text.slice(at[index], end))
        const whole = parse([text])
        expect(parse(deltas)).toMatchObject({ text: whole.text, toolCalls: whole.toolCalls })
        if (whole.toolCalls.length === 0) expect(whole.text).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  test('parses long arguments in linear time', () => {
    const parser = createParser()
    parser.push('<tool_call>{"name":"get_weather","arguments":{"city":"')
    for (let count = 0; count < 300_000; count++) parser.push('abcd')
    expect(parser.push('"}}</tool_call>')).toBe('')
    expect(parser.toolCalls[0]?.rawArguments).toHaveLength(1_200_011)
  })
})

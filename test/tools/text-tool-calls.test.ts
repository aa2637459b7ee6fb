import fc from 'fast-check'
import type { CompletionEvent, CompletionResponse, Tool } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { TextToolCallParser, withTextToolCalls } from '../../src/tools/text-tool-calls.js'

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

describe('withTextToolCalls', () => {
  const BLOCK = `<tool_call>${CALL}</tool_call>`

  /** The events of a response with these deltas of text. */
  async function read(deltas: readonly string[], response: Partial<CompletionResponse>): Promise<CompletionEvent[]> {
    let count = 0
    const events = withTextToolCalls(
      (async function* (): AsyncGenerator<CompletionEvent> {
        yield { type: 'completion-start', id: 'c', model: 'm' }
        for (const text of deltas) yield { type: 'text-delta', text }
        const whole = { toolCalls: [], finishReason: 'stop', text: deltas.join(''), ...response }
        yield { type: 'completion-end', response: whole as unknown as CompletionResponse }
      })(),
      { tools, nextId: () => `call_${++count}` },
    )
    const list: CompletionEvent[] = []
    for await (const event of events) list.push(event)
    expect(list[0]).toEqual({ type: 'completion-start', id: 'c', model: 'm' })
    return list.slice(1)
  }

  const end = (response: object): object => ({ type: 'completion-end', response })
  const second = { ...TOOL_CALL, id: 'call_2' }
  const start = (index: number, id: string): object => ({ type: 'tool-call-start', index, id, name: 'get_weather' })
  const delta = (index: number, id: string): object => ({
    type: 'tool-call-delta',
    index,
    id,
    argumentsDelta: '{"city":"Oslo"}',
  })

  test('moves calls from the text to the tool calls, with their events', async () => {
    expect(await read(['Look. <tool', `_call>${CALL}</tool_call>`, BLOCK, ' Well'], {})).toEqual([
      { type: 'text-delta', text: 'Look.' },
      { type: 'text-delta', text: ' Well' },
      start(0, 'call_1'),
      delta(0, 'call_1'),
      { type: 'tool-call', index: 0, toolCall: TOOL_CALL },
      start(1, 'call_2'),
      delta(1, 'call_2'),
      { type: 'tool-call', index: 1, toolCall: second },
      end({ text: 'Look. Well', toolCalls: [TOOL_CALL, second], finishReason: 'tool-calls' }),
    ])
  })

  test('reads the text of a response without deltas', async () => {
    expect(await read([], { text: `Look. ${BLOCK}` })).toEqual([
      { type: 'text-delta', text: 'Look.' },
      start(0, 'call_1'),
      delta(0, 'call_1'),
      { type: 'tool-call', index: 0, toolCall: TOOL_CALL },
      end({ text: 'Look.', toolCalls: [TOOL_CALL], finishReason: 'tool-calls' }),
    ])
  })

  test('removes the text of calls that the response has already', async () => {
    const toolCalls = [{ ...TOOL_CALL, id: 'wire' }]
    expect(await read(['Look.', BLOCK], { toolCalls, finishReason: 'tool-calls' })).toEqual([
      { type: 'text-delta', text: 'Look.' },
      end({ text: 'Look.', toolCalls, finishReason: 'tool-calls' }),
    ])
  })

  test('leaves a response without calls as it is', async () => {
    expect(await read(['Look <', 'there'], { finishReason: 'length' })).toEqual([
      { type: 'text-delta', text: 'Look' },
      { type: 'text-delta', text: ' <there' },
      end({ text: 'Look <there', toolCalls: [], finishReason: 'length' }),
    ])
    expect(await read(['Look <'], {})).toEqual([
      { type: 'text-delta', text: 'Look' },
      { type: 'text-delta', text: ' <' },
      end({ text: 'Look <', toolCalls: [], finishReason: 'stop' }),
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TextToolCallParser } from '../../src/tools/text-tool-calls.js'

const tools = [{ name: 'get_weather' }]
const CALL = '{"name":"get_weather","arguments":{"city":"Oslo"}}'

function split(pieces: readonly string[]) {
  const splitter = new TextToolCallParser(tools)
  const given = pieces.map((piece) => splitter.push(piece))
  const last = splitter.end()
  return { text: given.join('') + last, given, calls: splitter.calls }
}

const CITY = { id: 'call_1', name: 'get_weather', arguments: { city: 'Oslo' }, rawArguments: '{"city":"Oslo"}' }

describe('TextToolCallParser', () => {
  test.each([
    ['LM Studio', `[TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`],
    ['Qwen', `<tool_call>\n${CALL}\n</tool_call>`],
    ['a server that swallows the end mark', `<tool_call>${CALL}`],
    ['a model that says parameters', `<tool_call>${CALL.replace('arguments', 'parameters')}</tool_call>`],
    [
      'a model that quotes the arguments',
      '<tool_call>{"name":"getWeather","arguments":"{\\"city\\":\\"Oslo\\"}"}</tool_call>',
    ],
  ])('takes the call out in the form of %s', (_, leaked) => {
    expect(split([leaked])).toMatchObject({ text: '', calls: [CITY] })
  })

  test.each([
    ['another tool', '<tool_call>{"name":"launch","arguments":{}}</tool_call>'],
    ['broken JSON', '<tool_call>{"name":"get_weather"</tool_call>'],
    ['no object', '[TOOL_REQUEST]"get_weather"[END_TOOL_REQUEST]'],
    ['a mark alone', 'Write <tool_call> first.'],
    ['the beginning of a mark', 'a [TOOL'],
    ['white space', ' \n a \n\n'],
  ])('leaves %s in the text', (_, text) => {
    expect(split([text])).toMatchObject({ text, calls: [] })
  })

  test('finds a call behind a mark that was none', () => {
    const text = `Say <tool_call> or [TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`
    expect(split([text])).toMatchObject({ text: 'Say <tool_call> or', calls: [CITY] })
  })

  test('takes several, with the white space between and after them', () => {
    const block = `[TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`
    const { text, calls } = split([`Let me look.\n\n${block}\n${block}\n`])
    expect(text).toBe('Let me look.')
    expect(calls.map(({ id }) => id)).toEqual(['call_1', 'call_2'])
  })

  test.each([
    ['words', 'Look: @ there.', 'Look: there.'],
    ['paragraphs', 'Look.\n\n@\n@\nThere.', 'Look.\n\nThere.'],
    ['a call and the beginning of another', 'Look @ <tool_', 'Look <tool_'],
    ['nothing and a word', '\n@\nThere.', 'There.'],
  ])('leaves %s apart that it takes a call from between', (_, leaked, text) => {
    const whole = leaked.replaceAll('@', `<tool_call>${CALL}</tool_call>`)
    expect(split([whole]).text).toBe(text)
    expect(split([...whole]).text).toBe(text)
  })

  test('takes empty arguments for none', () => {
    const { calls } = split(['<tool_call>{"name":"get_weather","arguments":""}</tool_call>'])
    expect(calls).toMatchObject([{ arguments: {}, rawArguments: '{}' }])
  })

  test('holds back no more than may belong to a mark', () => {
    expect(split(['a <', 'b', ' [TOOL_', 'KIT]', ' c']).given).toEqual(['a', ' <b', '', ' [TOOL_KIT]', ' c'])
    expect(split(['\n'.repeat(300)]).given).toEqual(['\n'.repeat(300)])
  })

  test('says the same however the text is cut', () => {
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
      fc.property(fc.array(parts, { maxLength: 12 }), fc.array(fc.nat(60)), (all, cuts) => {
        const text = all.join('')
        const at = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length]
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end))
        const whole = split([text])
        expect(split(pieces)).toMatchObject({ text: whole.text, calls: whole.calls })
        if (whole.calls.length === 0) expect(whole.text).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  test('takes time in proportion to long arguments', () => {
    const splitter = new TextToolCallParser(tools)
    splitter.push('<tool_call>{"name":"get_weather","arguments":{"city":"')
    for (let count = 0; count < 300_000; count++) splitter.push('abcd')
    expect(splitter.push('"}}</tool_call>')).toBe('')
    expect(splitter.calls[0]?.rawArguments).toHaveLength(1_200_011)
  })
})

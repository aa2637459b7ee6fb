import type { Tool } from 'lmstudio-provider'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TextToolCallParser } from '../../src/tools/text-tool-calls.js'

const tools: readonly Tool[] = [
  {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city'],
    },
  },
  {
    name: 'book',
    parameters: {
      type: 'object',
      properties: {
        note: { type: 'string' },
        seats: { type: 'number' },
        window: { type: 'boolean' },
        stops: { type: 'array', items: { type: 'string' } },
        owner: { $ref: '#/$defs/owner' },
        code: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        level: { enum: [1, 2] },
      },
      $defs: { owner: { type: 'object' } },
    },
  },
  { name: 'get_time' },
]

function parse(deltas: readonly string[]) {
  let count = 0
  const parser = new TextToolCallParser({ tools, nextId: () => `call_${++count}` })
  const text = deltas.map((delta) => parser.push(delta)).join('') + parser.end()
  return { text, calls: parser.toolCalls.map(({ name, arguments: args }) => [name, args]) }
}

const OBAN = ['get_weather', { city: 'Oban' }]
const OBAN_3 = ['get_weather', { city: 'Oban', days: 3 }]
const ARGS = '{"city":"Oban"}'
const CALL = `{"name":"get_weather","arguments":${ARGS}}`

const forms: readonly (readonly [string, string, unknown[]])[] = [
  ['Hermes, two calls in one block', `<tool_call>\n${CALL}\n${CALL}\n</tool_call>`, [OBAN, OBAN]],
  ['a list of calls', `<tool_call>[${CALL}, ${CALL}]</tool_call>`, [OBAN, OBAN]],
  [
    'a call with `tool_name` and `parameters`',
    `<tool_call>{"tool_name":"get_weather","parameters":${ARGS}}</tool_call>`,
    [OBAN],
  ],
  ['a call with `tool` and `args`', `<tool_call>{"tool":"get_weather","args":${ARGS}}</tool_call>`, [OBAN]],
  ['a call with `function` and `input`', `<tool_call>{"function":"get_weather","input":${ARGS}}</tool_call>`, [OBAN]],
  ['Gemma 4', '<|tool_call>call:get_weather{city:<|"|>Oban<|"|>,days:3}<tool_call|>', [OBAN_3]],
  [
    'Gemma 4, with texts that look like names',
    '<|tool_call>call:book{note:<|"|>{a: "b", c:<|"|>,stops:[<|"|>x, y: z<|"|>,"{u:v"],owner:{first-name:null}}<tool_call|>',
    [['book', { note: '{a: "b", c:', stops: ['x, y: z', '{u:v'], owner: { 'first-name': null } }]],
  ],
  ['FunctionGemma', '<start_function_call>call:get_weather{city:<escape>Oban<escape>}<end_function_call>', [OBAN]],
  ['Llama 4', '<|python_start|>[get_weather(city="Oban")]<|python_end|>', [OBAN]],
  ['LFM2', '<|tool_call_start|>[get_weather(city="Oban"), get_weather(city="Oban")]<|tool_call_end|>', [OBAN, OBAN]],
  [
    'Command R',
    `<|START_ACTION|>[{"tool_call_id":"0","tool_name":"get_weather","parameters":${ARGS}}]<|END_ACTION|>`,
    [OBAN],
  ],
  ['Jamba', `<tool_calls>[${CALL}]</tool_calls>`, [OBAN]],
  [
    'gpt-oss, the name in front of the channel',
    `<|start|>assistant to=functions.get_weather<|channel|>commentary json<|message|>${ARGS}<|call|>`,
    [OBAN],
  ],
  [
    'gpt-oss, the name in front of the channel and without the first mark',
    `to=functions.get_weather<|channel|>commentary json<|message|>${ARGS}<|call|>`,
    [OBAN],
  ],
  ['OpenAI, in a block', `<tool_call>{"type":"function","function":${CALL}}</tool_call>`, [OBAN]],
  [
    'Hermes, arguments that name the closing mark of another form',
    `<tool_call>{"name":"get_weather","arguments":{"city":"</function>"}}</tool_call>`,
    [['get_weather', { city: '</function>' }]],
  ],
  ['Qwen3-Coder on one line', '<function=get_weather><parameter=city>Oban</parameter></function>', [OBAN]],
  [
    'Qwen3-Coder in a block',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nOban\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>',
    [OBAN_3],
  ],
  [
    'Qwen3-Coder with only the closing mark of the block',
    '<function=get_weather>\n<parameter=city>\nOban\n</parameter>\n</function>\n</tool_call>',
    [OBAN],
  ],
  [
    'Qwen3-Coder without closing marks',
    '<tool_call>\n<function=get_weather>\n<parameter=city>\nOban\n</parameter>',
    [OBAN],
  ],
  [
    'Qwen3-Coder without the closing mark of a parameter',
    '<function=get_weather>\n<parameter=city>\nOban\n<parameter=days>\n3\n</function>',
    [OBAN_3],
  ],
  [
    'Qwen3-Coder, two functions',
    '<function=get_time></function>\n<function=get_time>\n</function>',
    [
      ['get_time', {}],
      ['get_time', {}],
    ],
  ],
  ['Llama, custom tags', `<function=get_weather>${ARGS}</function>`, [OBAN]],
  ['Llama 3', '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oban"}}<|eom_id|>', [OBAN]],
  ['Llama 3, two calls', `<|python_tag|>${CALL}; ${CALL}`, [OBAN, OBAN]],
  ['Mistral', `[TOOL_CALLS] [${CALL}, ${CALL}]`, [OBAN, OBAN]],
  ['Mistral, newer', `[TOOL_CALLS]get_weather[ARGS]${ARGS}[TOOL_CALLS]get_time[ARGS]{}</s>`, [OBAN, ['get_time', {}]]],
  ['Mistral, with an id', `[TOOL_CALLS]get_weather[CALL_ID]a1b2c3d4e[ARGS]${ARGS}`, [OBAN]],
  ['Mistral, name and JSON', `[TOOL_CALLS]get_weather${ARGS}`, [OBAN]],
  [
    'DeepSeek V3',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n\`\`\`json\n${ARGS}\n\`\`\`<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n\`\`\`json\n{}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    [OBAN, ['get_time', {}]],
  ],
  [
    'DeepSeek V3.1',
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>${ARGS}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    [OBAN],
  ],
  [
    'DeepSeek V3.2',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Oban</｜DSML｜parameter>\n<｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    [OBAN_3],
  ],
  [
    'MiniMax',
    '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Oban</parameter>\n</invoke>\n<invoke name="get_time">\n</invoke>\n</minimax:tool_call>',
    [OBAN, ['get_time', {}]],
  ],
  [
    'GLM',
    '<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Oban</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>',
    [OBAN_3],
  ],
  [
    'GLM without line breaks',
    '<tool_call>get_weather<arg_key>city</arg_key><arg_value>Oban</arg_value></tool_call>',
    [OBAN],
  ],
  ['GLM without arguments', '<tool_call>get_time\n</tool_call>', [['get_time', {}]]],
  [
    'Kimi',
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>${ARGS}<|tool_call_end|><|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>`,
    [OBAN, ['get_time', {}]],
  ],
  [
    'Kimi without its section',
    `<|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>${ARGS}<|tool_call_end|>`,
    [OBAN],
  ],
  ['Granite', `<|tool_call|>[${CALL}]`, [OBAN]],
  ['Phi', `<|tool_call|>[${CALL}]<|/tool_call|>`, [OBAN]],
  ['Nemotron', `<TOOLCALL>[${CALL}]</TOOLCALL>`, [OBAN]],
  ['Gemma', '```tool_code\nget_weather(city="Oban", days=3)\n```', [OBAN_3]],
  ['Gemma with print and a namespace', "```tool_code\nprint(default_api.get_weather(city='Oban'))\n```", [OBAN]],
  ['Gemma without names', '```tool_code\nget_weather("Oban", 3)\nget_time()\n```', [OBAN_3, ['get_time', {}]]],
  [
    'Gemma with a list of calls',
    '```tool_code\n[get_time(), get_weather(city="Oban",)]\n```',
    [['get_time', {}], OBAN],
  ],
  ['harmony', `<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>${ARGS}<|call|>`, [OBAN]],
  [
    'harmony from its start',
    `<|start|>assistant<|channel|>commentary to=functions.get_weather<|message|>${ARGS}<|call|>`,
    [OBAN],
  ],
  [
    'harmony with the recipient first',
    `<|start|>assistant to=functions.get_weather<|channel|>commentary json<|message|>${ARGS}`,
    [OBAN],
  ],
  ['harmony without its special tokens', `commentary to=functions.get_weather <|message|>${ARGS}`, [OBAN]],
]

describe('TextToolCallParser', () => {
  test.each(forms)('reads the form of %s', (_, text, calls) => {
    expect(parse([text])).toEqual({ text: '', calls })
    expect(parse([...text])).toEqual({ text: '', calls })
  })

  test.each(forms)('separates the form of %s from text before it', (_, text, calls) => {
    expect(parse([`Let me look.\n\n${text}`])).toEqual({ text: 'Let me look.', calls })
  })

  const closed = forms.filter(([name]) => !/without closing|section$/.test(name))
  test.each(closed)('keeps the text after the form of %s', (_, text, calls) => {
    expect(parse([`Well.\n${text}\nDone.`])).toEqual({ text: 'Well.\nDone.', calls })
    expect(parse([...`Well.\n${text}\nDone.`])).toEqual({ text: 'Well.\nDone.', calls })
  })

  test('gives untyped arguments the types of the schema', () => {
    const pairs = {
      note: 'line one\n\n  "two" <3 & {more}\n',
      seats: '2.5',
      window: 'True',
      stops: '["a", "b"]',
      owner: '{"name": "Ada"}',
      code: 'null',
      level: '2',
      other: '7',
    }
    const text = Object.entries(pairs).map(([key, value]) => `<parameter=${key}>\n${value}\n</parameter>\n`)
    expect(parse([`<function=book>\n${text.join('')}</function>`]).calls).toEqual([
      [
        'book',
        {
          note: 'line one\n\n  "two" <3 & {more}\n',
          seats: 2.5,
          window: true,
          stops: ['a', 'b'],
          owner: { name: 'Ada' },
          code: null,
          level: 2,
          other: '7',
        },
      ],
    ])
  })

  test.each<[string, string, unknown]>([
    ['a string that looks like a number', 'note', '7'],
    ['a string in quotes', 'note', '"7"'],
    ['a number that is not one', 'seats', 'many'],
    ['a list that is cut', 'stops', '["a"'],
  ])('leaves %s a string', (_, key, value) => {
    expect(parse([`<function=book><parameter=${key}>${value as string}</parameter></function>`]).calls).toEqual([
      ['book', { [key]: value }],
    ])
  })

  test('reads the literals of Python', () => {
    const code = `book(note='it\\'s\\n\\u00e9', seats=-1_000.5e1, window=True, stops=["a", 'b',], owner={'a': (1, None)}, code="""x\ny""")`
    expect(parse([`\`\`\`tool_code\n${code}\n\`\`\``]).calls).toEqual([
      [
        'book',
        { note: "it's\né", seats: -10005, window: true, stops: ['a', 'b'], owner: { a: [1, null] }, code: 'x\ny' },
      ],
    ])
  })

  test.each<[string, string]>([
    ['a tag in prose', 'Write <tool_call>get_weather</tool_call> with a city.'],
    [
      'a mark in prose',
      'Mistral writes [TOOL_CALLS] before calls, gpt-oss commentary to=functions.get_weather before JSON.',
    ],
    ['a function tag in prose', 'Use <function=get_weather> for this.'],
    ['a call in a code block', `Like this:\n\`\`\`xml\n<tool_call>${CALL}</tool_call>\n\`\`\`\nEasy.`],
    ['a call in a longer fence', `\`\`\`\`md\n\`\`\`\n<tool_call>${CALL}</tool_call>\n\`\`\`\n\`\`\`\``],
    ['a call in a fence of tildes', `~~~\n[TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]\n~~~`],
    ['a call in a fence that is not closed', `\`\`\`\n<tool_call>${CALL}</tool_call>`],
    ['a call in a code span', `Write \`<tool_call>${CALL}</tool_call>\` here.`],
    ['a call in a code span of two backticks', `Write \`\`<tool_call>${CALL}</tool_call>\`\` here.`],
    ['Python in a block of another language', '```python\nget_weather(city="Oban")\n```'],
    ['a call of an unknown function', '<function=launch><parameter=a>1</parameter></function>'],
    ['a block with one unknown function', `<tool_call>${CALL}{"name":"launch"}</tool_call>`],
    ['Python that is not a call', '```tool_code\nx = get_weather(city="Oban")\n```'],
    ['Python with an expression', '```tool_code\nget_weather(city="O" + "ban")\n```'],
    ['Python with too many arguments', '```tool_code\nget_time(1)\n```'],
    ['arguments that are cut', '[TOOL_CALLS]get_weather[ARGS]{"city":"Ob'],
    [
      'arguments that are cut, of DeepSeek',
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"ci<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ],
    ['a value that is cut', '<tool_call>get_weather<arg_key>city</arg_key><arg_value>Ob</tool_call>'],
    ['a parameter that is cut', '<function=get_weather><parameter=city>Ob'],
    ['text in a function', '<function=get_weather>Oban</function>'],
    [
      'an invocation that is not closed',
      '<minimax:tool_call><invoke name="get_weather"><parameter name="city">Oban</parameter></minimax:tool_call>',
    ],
  ])('invents no call from %s', (_, text) => {
    expect(parse([text])).toEqual({ text, calls: [] })
    expect(parse([...text])).toEqual({ text, calls: [] })
  })

  test.each<[string, string]>([
    ['a code block', '```\ncode\n```\n'],
    ['a code span', 'Use `code` and ``more``.\n'],
    ['a backtick that is not closed in its line', 'It`s\n'],
    ['an indented fence, which is not one', '     ```\n'],
    ['a fence inside a line, which is not one', 'a ~~~\n'],
  ])('reads a call after %s', (_, before) => {
    const { text, calls } = parse([`${before}<tool_call>${CALL}</tool_call>`])
    expect({ text, calls }).toEqual({ text: before.trimEnd(), calls: [OBAN] })
    expect(parse([...`${before}<tool_call>${CALL}</tool_call>`])).toEqual({ text, calls })
  })

  test.each<[string, string, unknown[]]>([
    [
      'every kind of JSON',
      `<tool_call>{"name":"book","arguments":{"a":[true,false,null,-1.5E+3,2e-1,"\\"}{"]}}</tool_call>`,
      [['book', { a: [true, false, null, -1500, 0.2, '"}{'] }]],
    ],
    ['JSON without arguments', '<tool_call>{"name":"get_time"}</tool_call>', [['get_time', {}]]],
    [
      'parameters after arguments that are null',
      `<tool_call>{"name":"get_weather","arguments":null,"parameters":${ARGS}}</tool_call>`,
      [OBAN],
    ],
    ['lists and objects in turn', `<tool_call>[${CALL}];${CALL},\n[${CALL}]</tool_call>`, [OBAN, OBAN, OBAN]],
    ['a name with its namespace', '<tool_call>{"name":"functions.get_time"}</tool_call>', [['get_time', {}]]],
    ['a name with its number', '<tool_call>{"name":" default_api.get_time:12 "}</tool_call>', [['get_time', {}]]],
    ['invocations in a block of JSON', '<tool_call><invoke name="get_time"></invoke></tool_call>', [['get_time', {}]]],
    ['a name between brackets of Mistral, with a space', `[TOOL_CALLS] get_weather [ARGS] ${ARGS}`, [OBAN]],
    ['an id without its mark of arguments', `[TOOL_CALLS]get_weather[CALL_ID]a-1_B${ARGS}`, [OBAN]],
    [
      'line breaks of Windows around a value',
      '<function=get_weather><parameter=city>\r\nOban\r\n</parameter></function>',
      [OBAN],
    ],
    [
      'more line breaks around a value',
      '<function=get_weather><parameter=city>\n\nOban\n\n</parameter></function>',
      [['get_weather', { city: '\nOban\n' }]],
    ],
    [
      'spaces around the name of a parameter',
      '<function=get_weather>\n <parameter= city >Oban</parameter></function>',
      [OBAN],
    ],
    [
      'a value with the beginning of another parameter',
      '<function=get_weather><parameter=city><parameter=</parameter></function>',
      [['get_weather', { city: '<parameter=' }]],
    ],
    [
      'attributes of a parameter',
      '<function_calls><invoke name="get_weather" ><parameter  name="city" type="string">Oban</parameter></invoke></function_calls>',
      [OBAN],
    ],
    ['positions and names in Python', '```tool_code\nget_weather("Oban", days=3)\n```', [OBAN_3]],
    [
      'spaces in the head of harmony',
      `<|channel|>commentary to=functions.get_weather  <|channel|>analysis json <|message|> ${ARGS}`,
      [OBAN],
    ],
  ])('reads %s', (_, text, calls) => {
    expect(parse([text])).toEqual({ text: '', calls })
    expect(parse([...text])).toEqual({ text: '', calls })
  })

  test('reads names of up to 256 characters', () => {
    const long = (length: number): readonly Tool[] => [{ name: 'f'.repeat(length) }]
    const countCalls = (length: number, text: (name: string) => string): number => {
      const parser = new TextToolCallParser({ tools: long(length), nextId: () => 'a' })
      parser.push(text('f'.repeat(length)))
      parser.end()
      return parser.toolCalls.length
    }
    for (const text of [
      (name: string) => `<tool_call>{"name":"${name}"}</tool_call>`,
      (name: string) => `<tool_call>${name}</tool_call>`,
      (name: string) => `<function=${name}></function>`,
      (name: string) => `<function_calls><invoke name="${name}"></invoke></function_calls>`,
      (name: string) => `<|tool_call_begin|>${name}<|tool_call_argument_begin|>{}<|tool_call_end|>`,
    ])
      expect([countCalls(256, text), countCalls(257, text)]).toEqual([1, 0])
  })

  test.each<[string, string, string]>([
    ['prose after a call without its closing mark', `[TOOL_CALLS][${CALL}] That was it.`, 'That was it.'],
    ['JSON after a call that is not one', `[TOOL_CALLS][${CALL}] {"a":1}`, '{"a":1}'],
  ])('keeps %s', (_, text, rest) => {
    expect(parse([text])).toEqual({ text: rest, calls: [OBAN] })
  })

  test.each<[string, string]>([
    ['an empty block', '<tool_call> </tool_call>'],
    ['an empty list', '<tool_call>[]</tool_call>'],
    ['a list with something else', `<tool_call>[${CALL}, 7]</tool_call>`],
    ['JSON with text after it', `<tool_call>${CALL} and more</tool_call>`],
    ['JSON that is not quoted', '<tool_call>{name:"get_time"}</tool_call>'],
    ['brackets that do not match', '<tool_call>{"name":"get_time"</tool_call>'],
    ['a name with another namespace', '<tool_call>{"name":"other.get_time"}</tool_call>'],
    ['a name with a word after it', '<tool_call>{"name":"get_time now"}</tool_call>'],
    ['a name that is not a text', '<tool_call>{"name":["get_time"]}</tool_call>'],
    ['a name with a list', '<tool_call>get_time[1]</tool_call>'],
    ['a name with text', '<tool_call>get_time now</tool_call>'],
    ['a name in another mark', '<tool_call>get_time<b>{}</tool_call>'],
    ['a function with text in it', '<function=get_time>now<parameter=a>1</parameter></function>'],
    ['a function with cut JSON', '<function=get_time>{"a":</function>'],
    ['an invocation of an unknown tool', '<function_calls><invoke name="launch"></invoke></function_calls>'],
    ['text after an invocation', '<function_calls><invoke name="get_time"></invoke> now</function_calls>'],
    ['text before an invocation', '<function_calls>Now <invoke name="get_time"></invoke></function_calls>'],
    ['an empty block of DeepSeek', '<｜tool▁calls▁begin｜><｜tool▁calls▁end｜>'],
    ['a block of DeepSeek with a list', '<｜tool▁calls▁begin｜>get_time<｜tool▁sep｜>[]<｜tool▁calls▁end｜>'],
    [
      'one unknown tool of Kimi',
      '<|tool_calls_section_begin|>functions.get_time:0<|tool_call_argument_begin|>{}<|tool_call_end|>functions.launch:1<|tool_call_argument_begin|>{}<|tool_calls_section_end|>',
    ],
    ['harmony without JSON', '<|channel|>commentary to=functions.get_time<|message|>now'],
    ['harmony with an unknown tool', '<|channel|>commentary to=functions.launch<|message|>{}'],
    ['Python with an unknown tool', '```tool_code\nget_time()\nlaunch()\n```'],
  ])('finds no call in %s', (_, text) => {
    expect(parse([text])).toEqual({ text, calls: [] })
    expect(parse([...text])).toEqual({ text, calls: [] })
  })

  test('gives the same result wherever the text is split', () => {
    const token = fc.constantFrom(
      ...forms.map(([, text]) => text),
      '<tool_call>',
      '</tool_call>',
      '<function=get_time>',
      '</function>',
      '[TOOL_CALLS]',
      '<|python_tag|>',
      '`',
      '```',
      '\n',
      ' ',
      'a',
      '<',
      'c',
      CALL,
      ARGS,
      '```tool_code\n',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), fc.array(fc.nat(300)), (tokens, cuts) => {
        const text = tokens.join('')
        const at = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length]
        const deltas = at.slice(1).map((end, index) => text.slice(at[index], end))
        const whole = parse([text])
        expect(parse(deltas)).toEqual(whole)
        if (whole.calls.length === 0) expect(whole.text).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
})

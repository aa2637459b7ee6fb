import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  argumentsText,
  isOpenAITool,
  selectTools,
  toFunctionDefinition,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../../src/generation/tools.js'
import type { ToolChoice } from '../../src/generation/types.js'

const messageFor = (schema: v.GenericSchema, value: unknown): string | undefined =>
  v.safeParse(schema, value).issues?.[0].message

describe('a tool', () => {
  // In one test each: a schema is built once, so the first test that uses it is the only one that sees it being built.
  it('is read in its own form, and what to write instead of another one is said', () => {
    const valid: readonly unknown[] = [
      { name: 'f' },
      { name: 'f', description: 'Does.', parameters: {}, execute: () => 1 },
      { name: 'f', parameters: () => {} },
      { name: 'f', more: 1 },
    ]
    const invalid: readonly (readonly [unknown, string])[] = [
      [{ name: '' }, 'non-empty string'],
      [{ name: 'f', description: 7 }, 'string'],
      [{ name: 'f', parameters: 'x' }, 'must be JSON Schema of type object'],
      [{ name: 'f', parameters: [] }, 'must be JSON Schema of type object'],
      [{ name: 'f', execute: 'x' }, 'must be a function'],
      [{ name: 'f', inputSchema: {} }, 'is `parameters` here'],
      [{ name: 'f', input_schema: {} }, 'is `parameters` here'],
      [{ type: 'function', function: { name: 'f' } }, 'pass what OpenAI has under `function`'],
      [{ name: '', function: { name: 'f' } }, 'pass what OpenAI has under `function`'],
    ]
    for (const tool of valid) expect(messageFor(toolSchema(), tool)).toBeUndefined()
    for (const [tool, words] of invalid) expect(messageFor(toolSchema(), tool)).toContain(words)
  })

  it('is in the form of OpenAI if it has an object `function`', () => {
    expect([{ function: {} }, { function: () => 1 }, { name: 'f' }, null].map(isOpenAITool)).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(messageFor(toolSchema(), { name: 'f', function: {} })).toBeUndefined()
  })
})

it('a tool choice is a word or names one tool', () => {
  for (const choice of [undefined, 'auto', 'none', 'required', { tool: 'f' }])
    expect(messageFor(toolChoiceSchema(), choice)).toBeUndefined()
  for (const choice of ['any', '', null, {}, { tool: '' }, { tool: 'f', more: 1 }, ['auto']])
    expect(messageFor(toolChoiceSchema(), choice)).toBeDefined()
})

describe('toolIssues', () => {
  const issues = (tools: unknown, choice?: ToolChoice): string[] =>
    toolIssues(tools as never, choice).map(({ path, message }) => `${path.join('.')} ${message}`)

  it.each<[unknown, ToolChoice | undefined, string[]]>([
    [undefined, undefined, []],
    [undefined, 'none', []],
    [undefined, 'auto', []],
    [undefined, 'required', ['toolChoice is `required`, but there are no tools']],
    [undefined, { tool: 'f' }, ['toolChoice.tool must be the name of one of the tools']],
    [[{ name: 'f' }], 'required', []],
    [[{ name: 'f' }], { tool: 'f' }, []],
    [[{ name: 'f' }], { tool: 'g' }, ['toolChoice.tool must be the name of one of the tools']],
    [[{ name: 'f' }, { name: 'g' }, { name: 'f' }], undefined, ['tools.2.name is used by another tool']],
    [[{ name: 'f', parameters: {} }], undefined, []],
    [[{ name: 'f', parameters: { type: 'object' } }], undefined, []],
    [[{ name: 'f', parameters: { properties: {} } }], undefined, []],
    [
      [{ name: 'f' }, { name: 'g', parameters: { type: 'array' } }],
      undefined,
      ['tools.1.parameters must be JSON Schema of type object'],
    ],
  ])('of %j with the choice %j are %j', (tools, choice, expected) => {
    expect(issues(tools, choice)).toEqual(expected)
  })

  it('name the place of an error in the parameters', () => {
    const [issue] = toolIssues(
      [{ name: 'f', parameters: { type: 'object', properties: { a: { type: 'text' } } } }],
      'auto',
    )
    expect(issue?.path.slice(0, 3)).toEqual(['tools', 0, 'parameters'])
  })
})

describe('selectTools', () => {
  const tools = [{ name: 'f' }, { name: 'g' }]
  it.each<[ToolChoice | undefined, unknown]>([
    [undefined, { tools, choice: undefined }],
    ['auto', { tools, choice: 'auto' }],
    ['required', { tools, choice: 'required' }],
    [{ tool: 'g' }, { tools: [{ name: 'g' }], choice: 'required' }],
    [{ tool: 'h' }, { tools: undefined, choice: undefined }],
  ])('with the choice %j sends %j', (choice, selected) => {
    expect(selectTools(tools, choice)).toEqual(selected)
  })

  it('sends no choice without tools', () => {
    expect(selectTools([], 'none')).toEqual({ tools: undefined, choice: undefined })
  })
})

it('a definition of a function has parameters of an object', () => {
  expect(toFunctionDefinition({ name: 'f' })).toEqual({
    name: 'f',
    description: undefined,
    parameters: { type: 'object', properties: {} },
  })
  const parameters = { properties: { a: {} }, required: ['a'] }
  expect(toFunctionDefinition({ name: 'f', description: 'Does.', parameters })).toEqual({
    name: 'f',
    description: 'Does.',
    parameters: { ...parameters, type: 'object' },
  })
})

it.each<[object, string]>([
  [{}, '{}'],
  [{ rawArguments: '{"a":1}', arguments: { a: 2 } }, '{"a":1}'],
  [{ rawArguments: '{"a"', arguments: { a: 2 } }, '{"a":2}'],
  [{ rawArguments: '[1]', arguments: '{"a":3}' }, '{"a":3}'],
  [{ rawArguments: 'null', arguments: null }, '{}'],
  [{ arguments: 'x' }, '{}'],
  [{ arguments: [1] }, '{}'],
])('the arguments of %j are sent as %s', (call, text) => {
  expect(argumentsText({ id: 'a', name: 'f', ...call })).toBe(text)
})

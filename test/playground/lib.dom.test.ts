import type { ModelInfo } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { ago, bytes, duration } from '../../playground/src/lib/format.js'
import { filterModels, NO_FILTER, sortModels } from '../../playground/src/lib/model-list.js'
import { linkTo, parseRoute } from '../../playground/src/state/route.js'
import { findStart } from '../../playground/src/state/start.js'

const unknown = {
  chat: undefined,
  embeddings: undefined,
  vision: undefined,
  toolUse: undefined,
  reasoning: undefined,
  structuredOutput: undefined,
  maxContextLength: undefined,
  contextLength: undefined,
}

const model = (id: string, facts: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  type: 'llm',
  state: 'not-loaded',
  instances: [],
  capabilities: unknown,
  raw: {},
  ...facts,
})

describe('findStart', () => {
  const here = { search: '', hostname: 'localhost' }

  test('takes the address of the page first, then what was remembered, then the usual one', () => {
    expect(findStart(here).endpoint).toBe('http://127.0.0.1:1234')
    expect(findStart(here, 'http://10.0.0.7:1234').endpoint).toBe('http://10.0.0.7:1234')
    expect(findStart({ ...here, search: '?endpoint=http%3A%2F%2F10.0.0.8' }, 'http://10.0.0.7').endpoint).toBe(
      'http://10.0.0.8',
    )
  })

  test('takes for a mock only what the address says is one', () => {
    expect(findStart({ ...here, search: '?mock' }, 'http://10.0.0.7').mockServer).toBeUndefined()
    expect(findStart({ ...here, search: '?endpoint=http://a&mock' }).mockServer).toBe('http://a')
  })

  test.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['app.localhost', true],
    ['chat.example.com', false],
    ['192.168.1.5', false],
    ['127.0.0.1.example.com', false],
  ])('a page from %s connects by itself: %s', (hostname, connectsAutomatically) => {
    const search = '?endpoint=http://127.0.0.1:1234'
    expect(findStart({ search, hostname })).toMatchObject({ connectsAutomatically })
    expect(findStart({ search: '', hostname }).connectsAutomatically).toBe(false)
  })
})

describe('the route', () => {
  test('is read back as it was written, whatever is in it', () => {
    expect(parseRoute(linkTo('inspector', 'a/b c%'))).toEqual({ view: 'inspector', rest: 'a/b c%' })
  })

  test.each(['', '#', '#/', '#/nowhere', '#chat', '#/constructor'])('%j leads to Connect', (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'connect', rest: '' })
  })

  test('a broken escape is taken as it is', () => {
    expect(parseRoute('#/inspector/%E0%A4%A')).toEqual({ view: 'inspector', rest: '%E0%A4%A' })
  })
})

describe('the list of models', () => {
  const list = [
    model('maker/big', { parameters: '26B-A4B', sizeBytes: 9, displayName: 'Big one' }),
    model('maker/tiny', { parameters: '350M', sizeBytes: 10, state: 'loaded', type: 'vlm' }),
    model('other/none', {}),
    model('other/mid', { parameters: '7B', sizeBytes: 2, capabilities: { ...unknown, toolUse: true } }),
  ]
  const ids = (models: readonly ModelInfo[]): string[] => models.map(({ id }) => id.split('/')[1]!)

  test('is searched by all the words, wherever they are', () => {
    expect(ids(filterModels(list, { ...NO_FILTER, text: ' ONE maker ' }))).toEqual(['big'])
    expect(ids(filterModels(list, { ...NO_FILTER, text: 'big other' }))).toEqual([])
  })

  test('is filtered by type, state and ability', () => {
    expect(ids(filterModels(list, { ...NO_FILTER, capability: 'vision' }))).toEqual(['tiny'])
    expect(ids(filterModels(list, { ...NO_FILTER, capability: 'toolUse' }))).toEqual(['mid'])
    expect(ids(filterModels(list, { ...NO_FILTER, state: 'not-loaded', type: 'llm' }))).toEqual(['big', 'none', 'mid'])
  })

  test('is sorted by numbers as numbers, and what is not known comes last either way', () => {
    expect(ids(sortModels(list, { key: 'parameters', isDescending: false }))).toEqual(['tiny', 'mid', 'big', 'none'])
    expect(ids(sortModels(list, { key: 'parameters', isDescending: true }))).toEqual(['big', 'mid', 'tiny', 'none'])
    expect(ids(sortModels(list, { key: 'size', isDescending: false }))).toEqual(['mid', 'big', 'tiny', 'none'])
    expect(ids(sortModels(list, { key: 'state', isDescending: false }))[0]).toBe('tiny')
  })
})

describe('what people read', () => {
  test.each([
    [0.2, '1 ms'],
    [999, '999 ms'],
    [1234, '1.2 s'],
    [185_000, '3 min 5 s'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text))

  test.each([
    [undefined, '–'],
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [3_100_200_300, '3.1 GB'],
  ])('%s bytes are %s', (value, text) => expect(bytes(value)).toBe(text))

  test.each([
    [0, 'just now'],
    [20_000, '20 s ago'],
    [70_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [259_200_000, '3 days ago'],
    [864_000_000_000, '10,000 days ago'],
  ])('%d ms before is %s', (ms, text) => expect(ago(ms)).toBe(text))
})

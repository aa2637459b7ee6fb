import type { ModelInfo } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { ago, bytes, duration } from '../../playground/src/lib/format.js'
import { filterModels, NO_FILTER, sortModels } from '../../playground/src/lib/model-list.js'
import { linkTo, parseRoute } from '../../playground/src/state/route.js'
import { findStart } from '../../playground/src/state/start.js'

const unknown = {
  chat: undefined,
  embeddings: undefined,
  decisions: undefined,
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

  test('uses the endpoint in the URL, then the saved one, then the default', () => {
    expect(findStart(here).endpoint).toBe('http://127.0.0.1:1234')
    expect(findStart(here, 'http://10.0.0.7:1234').endpoint).toBe('http://10.0.0.7:1234')
    expect(findStart({ ...here, search: '?endpoint=http%3A%2F%2F10.0.0.8' }, 'http://10.0.0.7').endpoint).toBe(
      'http://10.0.0.8',
    )
  })

  test('treats an endpoint as a mock only if the URL says so', () => {
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
  ])('connects automatically on a page from %s: %s', (hostname, connectsAutomatically) => {
    const search = '?endpoint=http://127.0.0.1:1234'
    expect(findStart({ search, hostname })).toMatchObject({ connectsAutomatically })
    expect(findStart({ search: '', hostname }).connectsAutomatically).toBe(false)
  })
})

describe('the route', () => {
  test('survives a round trip with special characters', () => {
    expect(parseRoute(linkTo('inspector', 'a/b c%'))).toEqual({ view: 'inspector', rest: 'a/b c%' })
  })

  test.each(['', '#', '#/', '#/nowhere', '#chat', '#/constructor'])('%j opens Connect', (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'connect', rest: '' })
  })

  test('an invalid escape is used unchanged', () => {
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

  test('matches if every word occurs anywhere', () => {
    expect(ids(filterModels(list, { ...NO_FILTER, text: ' ONE maker ' }))).toEqual(['big'])
    expect(ids(filterModels(list, { ...NO_FILTER, text: 'big other' }))).toEqual([])
  })

  test('is filtered by type, state and capability', () => {
    expect(ids(filterModels(list, { ...NO_FILTER, capability: 'vision' }))).toEqual(['tiny'])
    expect(ids(filterModels(list, { ...NO_FILTER, capability: 'toolUse' }))).toEqual(['mid'])
    expect(ids(filterModels(list, { ...NO_FILTER, state: 'not-loaded', type: 'llm' }))).toEqual(['big', 'none', 'mid'])
  })

  test('is sorted numerically, with unknown values last in both directions', () => {
    expect(ids(sortModels(list, { key: 'parameters', isDescending: false }))).toEqual(['tiny', 'mid', 'big', 'none'])
    expect(ids(sortModels(list, { key: 'parameters', isDescending: true }))).toEqual(['big', 'mid', 'tiny', 'none'])
    expect(ids(sortModels(list, { key: 'size', isDescending: false }))).toEqual(['mid', 'big', 'tiny', 'none'])
    expect(ids(sortModels(list, { key: 'state', isDescending: false }))[0]).toBe('tiny')
  })
})

describe('formatting', () => {
  test.each([
    [0.2, '1 ms'],
    [999, '999 ms'],
    [1234, '1.2 s'],
    [185_000, '3 min 5 s'],
  ])('formats %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text))

  test.each([
    [undefined, '–'],
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [3_100_200_300, '3.1 GB'],
  ])('formats %s bytes as %s', (value, text) => expect(bytes(value)).toBe(text))

  test.each([
    [0, 'just now'],
    [20_000, '20 s ago'],
    [70_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [259_200_000, '3 days ago'],
    [864_000_000_000, '10,000 days ago'],
  ])('formats %d ms ago as %s', (ms, text) => expect(ago(ms)).toBe(text))
})

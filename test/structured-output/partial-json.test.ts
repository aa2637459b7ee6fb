import { describe, expect, it } from 'vitest'
import { PartialJSON } from '../../src/structured-output/partial-json.js'

/** What there is after each piece. */
function states(pieces: readonly string[], isLenient = false): unknown[] {
  const json = new PartialJSON(isLenient)
  return pieces.map((piece) => {
    json.push(piece)
    return structuredClone(json.value)
  })
}

describe('PartialJSON', () => {
  it('shows texts as they grow, and numbers, words and keys when they are whole', () => {
    expect(
      states(['{"na', 'me":', ' "gu', 'll", "le', 'gs": 1', '2', ', "ok":t', 'rue,"x":[nul', 'l,-1.5e', '3', ']}']),
    ).toEqual([
      {},
      {},
      { name: 'gu' },
      { name: 'gull' },
      { name: 'gull' },
      { name: 'gull' },
      { name: 'gull', legs: 12 },
      { name: 'gull', legs: 12, ok: true, x: [] },
      { name: 'gull', legs: 12, ok: true, x: [null] },
      { name: 'gull', legs: 12, ok: true, x: [null] },
      { name: 'gull', legs: 12, ok: true, x: [null, -1500] },
    ])
  })

  it('holds back what an escape or half a character will be', () => {
    expect(states(['["a\\', 'n\\u00', 'e9', '\ud83d', '\ude00', '\\ud83d\\u', 'de00"]'])).toEqual([
      ['a'],
      ['a\n'],
      ['a\né'],
      ['a\né'],
      ['a\né😀'],
      ['a\né😀'],
      ['a\né😀😀'],
    ])
  })

  it('grows one and the same value', () => {
    const json = new PartialJSON()
    json.push('{"list":[1,')
    const { value } = json
    const { list } = value as { list: unknown[] }
    json.push('2,{"a":1}]}')
    expect(json.value).toBe(value)
    expect(list).toEqual([1, 2, { a: 1 }])
  })

  it.each([
    ['12', 12],
    [' true ', true],
    ['null', null],
    ['"a"', 'a'],
  ])('knows that %j alone is whole when nothing more comes', (text, value) => {
    const json = new PartialJSON()
    json.push(text)
    json.end()
    expect(json.value).toBe(value)
  })

  it('takes __proto__ for a name like any other', () => {
    const json = new PartialJSON()
    json.push('{"__proto__":{"polluted":"y')
    json.push('es"}}')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
    expect(Object.keys(json.value as object)).toEqual(['__proto__'])
    expect(JSON.stringify(json.value)).toBe('{"__proto__":{"polluted":"yes"}}')
  })

  it.each<[string, unknown]>([
    ['', undefined],
    ['hello', undefined],
    ['}', undefined],
    ['[1,]', [1]],
    ['[1 2]', [1]],
    ['[,1]', []],
    ['[tru]', []],
    ['[1}', [1]],
    ['{"a":1]', { a: 1 }],
    ['{"a":}', {}],
    ['{"a" 1}', {}],
    ['{a:1}', {}],
    ['{"a":1,}', { a: 1 }],
    ['["a\nb"]', ['a']],
    ['["\\x"]', ['']],
    ['["\\u12z4"]', ['']],
    ['[1]]', [1]],
    ['[1] and more', [1]],
  ])('stops at what is no JSON: %j', (text, value) => {
    const json = new PartialJSON()
    json.push(text)
    expect(json.value).toEqual(value)
    json.end()
    json.push('[1]')
    expect(json.isOver).toBe(true)
    expect(json.value).toEqual(value)
  })

  it.each([
    ['```json\n{"a":1}\n```'],
    ['Here you are: {"a":1}. Anything else?'],
    ['12 birds, true: {"a":1}'],
    ['\n {"a":1}'],
  ])('finds the first bracket of %j when it is lenient', (text) => {
    expect(states([...text], true).at(-1)).toEqual({ a: 1 })
  })

  it('goes as deep as the text does', () => {
    const json = new PartialJSON()
    json.push('['.repeat(100_000))
    json.push(']'.repeat(100_000))
    expect(json.isOver).toBe(true)
  })
})

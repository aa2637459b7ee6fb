import { describe, expect, it } from 'vitest'
import { type PartialJSONOptions, PartialJSONParser } from '../../src/structured-output/partial-json.js'

/** The value after each chunk. */
function valuesOf(chunks: readonly string[], options?: PartialJSONOptions): unknown[] {
  const parser = new PartialJSONParser(options)
  return chunks.map((chunk) => {
    parser.push(chunk)
    return structuredClone(parser.value)
  })
}

describe('PartialJSONParser', () => {
  it('shows strings as they grow, and numbers, keywords and keys once they are complete', () => {
    expect(
      valuesOf(['{"na', 'me":', ' "gu', 'll", "le', 'gs": 1', '2', ', "ok":t', 'rue,"x":[nul', 'l,-1.5e', '3', ']}']),
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

  it('holds back incomplete escape sequences and surrogate pairs', () => {
    expect(valuesOf(['["a\\', 'n\\u00', 'e9', '\ud83d', '\ude00', '\\ud83d\\u', 'de00"]'])).toEqual([
      ['a'],
      ['a\n'],
      ['a\né'],
      ['a\né'],
      ['a\né😀'],
      ['a\né😀'],
      ['a\né😀😀'],
    ])
  })

  it('grows the same value in place', () => {
    const parser = new PartialJSONParser()
    parser.push('{"list":[1,')
    const { value } = parser
    const { list } = value as { list: unknown[] }
    parser.push('2,{"a":1}]}')
    expect(parser.value).toBe(value)
    expect(list).toEqual([1, 2, { a: 1 }])
  })

  it.each([
    ['12', 12],
    [' true ', true],
    ['null', null],
    ['"a"', 'a'],
  ])('knows that %j without a container is complete once the text ends', (text, value) => {
    const parser = new PartialJSONParser()
    parser.push(text)
    parser.end()
    expect(parser.value).toBe(value)
  })

  it('treats __proto__ as an ordinary key', () => {
    const parser = new PartialJSONParser()
    parser.push('{"__proto__":{"polluted":"y')
    parser.push('es"}}')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
    expect(Object.keys(parser.value as object)).toEqual(['__proto__'])
    expect(JSON.stringify(parser.value)).toBe('{"__proto__":{"polluted":"yes"}}')
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
  ])('stops at the first character of %j that is not JSON', (text, value) => {
    const parser = new PartialJSONParser()
    parser.push(text)
    expect(parser.value).toEqual(value)
    parser.end()
    parser.push('[1]')
    expect(parser.isDone).toBe(true)
    expect(parser.value).toEqual(value)
  })

  it.each([
    ['```json\n{"a":1}\n```'],
    ['Here you are: {"a":1}. Anything else?'],
    ['12 birds, true: {"a":1}'],
    ['\n {"a":1}'],
  ])('with skipProse finds the first bracket of %j', (text) => {
    expect(valuesOf([...text], { skipProse: true }).at(-1)).toEqual({ a: 1 })
  })

  it('has no limit on the depth of nesting', () => {
    const parser = new PartialJSONParser()
    parser.push('['.repeat(100_000))
    parser.push(']'.repeat(100_000))
    expect(parser.isDone).toBe(true)
  })
})

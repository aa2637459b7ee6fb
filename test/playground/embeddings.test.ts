import { describe, expect, test } from 'vitest'
import {
  nearest,
  range,
  similarityMatrix,
  toLines,
  type Row,
} from '../../playground/src/views/embeddings/similarity.js'

const row = (number: number, ...vector: number[]): Row => ({ number, text: `line ${number}`, vector })
const rows = [row(1, 1, 0), row(2, 0, 1), row(4, 1, 1)]

describe('toLines', () => {
  test('returns trimmed lines without empty ones', () => {
    expect(toLines('  a \r\n\n\t\nb\n')).toEqual({ lines: ['a', 'b'], ignored: 0 })
  })

  test('returns at most 200 lines and counts the others', () => {
    const { lines, ignored } = toLines(Array.from({ length: 203 }, (_, index) => `line ${index}`).join('\n'))
    expect(lines).toHaveLength(200)
    expect(ignored).toBe(3)
  })
})

describe('a comparison', () => {
  test('contains the similarity of each pair', async () => {
    const matrix = await similarityMatrix(rows)
    const half = expect.closeTo(Math.SQRT1_2, 5)
    expect([...matrix]).toEqual([1, 0, half, 0, 1, half, half, half, 1])
    expect(range(matrix, 3)).toEqual([0, half])
  })

  test('has a default range without pairs', async () => {
    expect(range(await similarityMatrix([row(1, 1, 0)]), 1)).toEqual([0, 1])
  })

  test('yields to other tasks', async () => {
    const many = Array.from({ length: 200 }, (_, index) => row(index, ...Array.from({ length: 1024 }, () => index + 1)))
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await similarityMatrix(many)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  test('rejects vectors of different lengths', async () => {
    await expect(similarityMatrix([row(1, 1, 0), row(2, 1, 0, 0)])).rejects.toThrow(RangeError)
  })
})

test('nearest sorts by similarity and excludes the line itself', () => {
  expect(nearest(rows, rows[2]!.vector, rows[2]).map(({ row }) => row.number)).toEqual([1, 2])
  expect(nearest(rows, [0, 3]).map(({ row }) => row.number)).toEqual([2, 4, 1])
})

import { describe, expect, test } from 'vitest'
import {
  nearest,
  range,
  similarityMatrix,
  toLines,
  type Row,
} from '../../playground/src/views/embeddings/similarity.js'
import { project, type Point } from '../../playground/src/views/embeddings/project.js'

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

describe('project', () => {
  test('places similar lines near each other and others far away', () => {
    // Two pairs of lines at right angles.
    const matrix = Float32Array.from([1, 0.9, 0, 0, 0.9, 1, 0, 0, 0, 0, 1, 0.9, 0, 0, 0.9, 1])
    const [a, b, c, d] = project(matrix, 4)
    const distance = (p: Point, q: Point): number => Math.hypot(p.x - q.x, p.y - q.y)
    expect(distance(a!, c!)).toBeGreaterThan(2 * distance(a!, b!))
    expect(distance(b!, d!)).toBeGreaterThan(2 * distance(c!, d!))
    expect(Math.max(...[a, b, c, d].flatMap((point) => [Math.abs(point!.x), Math.abs(point!.y)]))).toBeCloseTo(1)
  })

  test.each([
    ['one line', Float32Array.from([1]), 1],
    ['equal lines', Float32Array.from([1, 1, 1, 1]), 2],
  ])('places %s in the middle', (_, matrix, size) => {
    expect(project(matrix, size)).toEqual(Array.from({ length: size }, () => ({ x: 0, y: 0 })))
  })

  test('keeps the distances of points in a plane', () => {
    // Unit vectors at 0, 90 and 180 degrees.
    const matrix = Float32Array.from([1, 0, -1, 0, 1, 0, -1, 0, 1])
    const [a, b, c] = project(matrix, 3)
    const ratio = Math.hypot(a!.x - c!.x, a!.y - c!.y) / Math.hypot(a!.x - b!.x, a!.y - b!.y)
    expect(ratio).toBeCloseTo(Math.SQRT2, 3)
  })
})

import { describe, expect, test } from 'vitest'
import { nearest, range, similarities, toLines, type Row } from '../../playground/src/views/embeddings/similarity.js'

const row = (number: number, ...vector: number[]): Row => ({ number, text: `line ${number}`, vector })
const rows = [row(1, 1, 0), row(2, 0, 1), row(4, 1, 1)]

describe('toLines', () => {
  test('takes what is on the lines, without blank ones', () => {
    expect(toLines('  a \r\n\n\t\nb\n')).toEqual({ lines: ['a', 'b'], left: 0 })
  })

  test('takes two hundred, and counts the rest', () => {
    const { lines, left } = toLines(Array.from({ length: 203 }, (_, index) => `line ${index}`).join('\n'))
    expect(lines).toHaveLength(200)
    expect(left).toBe(3)
  })
})

describe('a comparison', () => {
  test('has each line beside each', async () => {
    const matrix = await similarities(rows)
    const half = expect.closeTo(Math.SQRT1_2, 5)
    expect([...matrix]).toEqual([1, 0, half, 0, 1, half, half, half, 1])
    expect(range(matrix, 3)).toEqual([0, half])
  })

  test('has a range also where there is no pair', async () => {
    expect(range(await similarities([row(1, 1, 0)]), 1)).toEqual([0, 1])
  })

  test('lets other work have its turn', async () => {
    const many = Array.from({ length: 200 }, (_, index) => row(index, ...Array.from({ length: 1024 }, () => index + 1)))
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await similarities(many)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  test('refuses vectors of two models', async () => {
    await expect(similarities([row(1, 1, 0), row(2, 1, 0, 0)])).rejects.toMatchObject({ code: 'mixed-dimensions' })
  })
})

test('nearest puts the most alike first, without the line itself', () => {
  expect(nearest(rows, rows[2]!.vector, rows[2]).map(({ row }) => row.number)).toEqual([1, 2])
  expect(nearest(rows, [0, 3]).map(({ row }) => row.number)).toEqual([2, 4, 1])
})

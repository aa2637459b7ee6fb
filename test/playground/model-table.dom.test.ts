import { describe, expect, test } from 'vitest'
import { createModelTable } from '../../playground/src/views/model-table.js'
import { model } from './models.js'

const rows = (element: HTMLElement): (string | null)[][] =>
  [...element.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))

describe('the table of models', () => {
  test('lists the loaded models first, with what is usable now', () => {
    const table = createModelTable()
    table.show([
      model({ id: 'a/big', maxContextLength: 131_072 }),
      model({ id: 'b/small', displayName: 'Small', state: 'loaded', quantization: 'Q4_K_M', contextLength: 8192 }),
    ])
    expect(rows(table.element)).toEqual([
      ['Smallb/small', 'text', 'Q4_K_M', '8,192', 'loaded'],
      ['a/big', 'text', '–', '131,072', 'on disk'],
    ])
  })

  test('says so where there are none', () => {
    const table = createModelTable()
    table.show([])
    expect(table.element.querySelector('table')?.hidden).toBe(true)
    expect(table.element.textContent).toContain('no models')
  })

  test('gives way to a note when the connection is gone', () => {
    const table = createModelTable()
    table.show([model({ id: 'a/one' })])
    table.showNote('Not connected.')
    expect(rows(table.element)).toEqual([])
    expect(table.element.querySelector<HTMLElement>('.note')?.hidden).toBe(false)
  })

  test('a name is text, whatever it looks like', () => {
    const table = createModelTable()
    table.show([model({ id: '<img src=x>', displayName: '<b>bold</b>' })])
    expect(table.element.querySelector('img, b')).toBeNull()
  })
})

import { beforeEach, expect, test } from 'vitest'
import { queryPage } from '../../playground/src/tools/query-page.js'

beforeEach(() => {
  document.body.innerHTML = `<nav><a href="#">One</a><a href="#">  Two
    words </a></nav><button aria-label="Close">x</button>
    <input value="a secret" aria-label="Token"><textarea>a draft</textarea><p>${'long '.repeat(60)}</p>`
})

test('returns the visible text and the number of matches', () => {
  expect(queryPage(document, 'nav a', 1)).toEqual({ count: 2, elements: [{ tag: 'a', text: 'One' }] })
  expect(queryPage(document, 'a:last-child, button', 9).elements).toEqual([
    { tag: 'a', text: 'Two words' },
    { tag: 'button', name: 'Close', text: 'x' },
  ])
})

test('does not return typed text', () => {
  const { elements } = queryPage(document, 'input, textarea', 9)
  expect(elements).toEqual([
    { tag: 'input', name: 'Token', text: '' },
    { tag: 'textarea', text: '' },
  ])
})

test('truncates long text and returns no elements without a match', () => {
  expect(queryPage(document, 'p', 1).elements[0]!.text).toHaveLength(121)
  expect(queryPage(document, 'video', 1)).toEqual({ count: 0, elements: [] })
})

test('rejects an invalid selector', () => {
  expect(() => queryPage(document, 'a[', 1)).toThrow('Invalid CSS selector: a[')
})

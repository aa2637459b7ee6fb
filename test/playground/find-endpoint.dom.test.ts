import { afterEach, describe, expect, test } from 'vitest'
import { findEndpoint } from '../../playground/src/find-endpoint.js'

const inject = (content: string): void => {
  document.head.innerHTML = `<meta name="lmstudio-endpoint" content="${content}">`
}

afterEach(() => {
  document.head.innerHTML = ''
})

describe('findEndpoint', () => {
  test('takes the address of the page first, then what npm start wrote, then the usual one', () => {
    const at = (search: string) => findEndpoint(document, { search, hostname: 'localhost' }).endpoint
    expect(at('')).toBe('http://127.0.0.1:1234')
    inject('http://127.0.0.1:5174')
    expect(at('')).toBe('http://127.0.0.1:5174')
    expect(at('?endpoint=http%3A%2F%2F10.0.0.7%3A1234')).toBe('http://10.0.0.7:1234')
  })

  test('connects by itself only where an endpoint was given', () => {
    expect(findEndpoint(document, { search: '', hostname: 'localhost' }).connectsAtOnce).toBe(false)
    inject('http://127.0.0.1:5174')
    expect(findEndpoint(document, { search: '', hostname: 'localhost' }).connectsAtOnce).toBe(true)
  })

  test('knows the mock of npm start, and no other', () => {
    const mock = () => findEndpoint(document, { search: '?endpoint=http://a', hostname: 'localhost' }).mock
    inject('http://127.0.0.1:5174')
    expect(mock()).toBeUndefined()
    document.querySelector('meta')!.dataset.mock = ''
    expect(mock()).toBe('http://127.0.0.1:5174')
  })

  test.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['app.localhost', true],
    ['chat.example.com', false],
    ['192.168.1.5', false],
    ['127.0.0.1.example.com', false],
  ])('a page from %s connects by itself: %s', (hostname, connectsAtOnce) => {
    const search = '?endpoint=http://127.0.0.1:1234'
    expect(findEndpoint(document, { search, hostname }).connectsAtOnce).toBe(connectsAtOnce)
  })
})

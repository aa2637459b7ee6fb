import { describe, expect, it } from 'vitest'
import { isPage, readPage, titleOf } from '../../src/http/page-text.js'

const read = (text: string, headers: Record<string, string> = {}): string => readPage(text, new Headers(headers))

describe('isPage', () => {
  it.each(['<!doctype html>', ' \n  <html>'])('is true for %j', (text) => expect(isPage(text)).toBe(true))

  it.each(['', 'a < b', '{"page":"<html>"}'])('is false for %j', (text) => expect(isPage(text)).toBe(false))
})

describe('titleOf', () => {
  it.each([
    ['<html><head><title> Web Page Blocked </title></head><body><h1>x</h1>', 'Web Page Blocked'],
    ['<TITLE data-id="1">Sign in</TITLE>', 'Sign in'],
    ['<html><body><h1>503 Service Unavailable</h1>', '503 Service Unavailable'],
    ['<title></title><h1 class="a">Router</h1>', 'Router'],
    ['<title>Error</title><pre>Cannot GET /v1/models</pre>', ''],
    ['<?xml version="1.0"?><Error><Code>x</Code><Message>Denied.</Message></Error>', 'Denied.'],
    ['<html><body>a long story</body></html>', ''],
    ['<titles>no</titles>', ''],
  ])('of %s is %j', (text, title) => expect(titleOf(text)).toBe(title))
})

describe('readPage', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['its title', '<head><title>Sign in</title></head><body>Welcome', {}, 'Sign in'],
    ['a title with attributes, in any case', '<TITLE data-id="1">Sign in</TITLE>', {}, 'Sign in'],
    ['all codes of ngrok', '<p>ERR_NGROK_3200, see ERR_NGROK_6024</p>', {}, ' ERR_NGROK_3200 ERR_NGROK_6024'],
    ['the header that ngrok asks for', '<p>Send ngrok-skip-browser-warning</p>', {}, ' ngrok-skip-browser-warning'],
    ['a field for a password', '<input type="password"><input type=password>', {}, ' type="password type=password'],
    ['the headers of a gateway', '<p>', { 'cf-mitigated': 'challenge', server: 'x' }, ' cf-mitigated challenge'],
    ['a header with a code', '<p>', { 'ngrok-error-code': 'ERR_NGROK_334' }, ' ngrok-error-code ERR_NGROK_334'],
    ['nothing else of it', '<html><body>a long secret story</body></html>', {}, ''],
  ])('returns %s', (_, text, headers, expected) => expect(read(text, headers)).toBe(expected))

  it('looks at the first 16,384 characters', () => {
    const pageOf = (length: number): string => '<p>'.padEnd(length - 'ERR_NGROK_3'.length) + 'ERR_NGROK_3'
    expect(read(pageOf(16_384))).toBe(' ERR_NGROK_3')
    expect(read(`${pageOf(16_384)}2`)).toBe(' ERR_NGROK_3')
    expect(read(pageOf(16_395))).toBe('')
  })
})

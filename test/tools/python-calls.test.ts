import { describe, expect, it } from 'vitest'
import { parsePythonCalls } from '../../src/tools/python-calls.js'

const call = (name: string, positional: unknown[] = [], named: object = {}) => ({ name, positional, named })

describe('parsePythonCalls', () => {
  it.each<[string, unknown[]]>([
    ['f()', [call('f')]],
    [' f ( ) ', [call('f')]],
    ['\nf(\n  1,\n  "a",\n  b = 2,\n)\n', [call('f', [1, 'a'], { b: 2 })]],
    ['a.b_2.C(x=1)', [call('a.b_2.C', [], { x: 1 })]],
    ['f(a=1, 2)', [call('f', [2], { a: 1 })]],
    ['f(True_2=1)', [call('f', [], { True_2: 1 })]],
    ['f(), g(1)', [call('f'), call('g', [1])]],
    ['f(); g(1)', [call('f'), call('g', [1])]],
    ['f()\ng(1)', [call('f'), call('g', [1])]],
    ['[f(), g(1)]', [call('f'), call('g', [1])]],
    [' [ f() ] ', [call('f')]],
    ['print(f(1))', [call('f', [1])]],
    ['print( f(1) ) print(g())', [call('f', [1]), call('g')]],
  ])('reads %j', (code, calls) => {
    expect(parsePythonCalls(code)).toEqual(calls)
  })

  it.each([
    '',
    ' ',
    'f',
    'f(',
    'f(1',
    'f(1 2)',
    'f(1,,2)',
    'f(,)',
    'f(a=)',
    'f(a=b)',
    'f(=1)',
    'f(x)',
    'f(a b=1)',
    'f() x',
    'f()]',
    '[f()',
    '[f()] g()',
    '[]',
    '1()',
    'print()',
    'print(1)',
    'print(f()',
    'f([1 2])',
    'f([1)',
    'f((1])',
    "f({'a' 1})",
    "f({'a': 1 'b': 2})",
    "f({'a': 1)",
    'f("a)',
    `f('a")`,
    "f('a\nb')",
    'f(--1)',
    'f("a" "b")',
    'f("a" + "b")',
    'f(1 + 1)',
    'f(g())',
    'f(1_000.2_5)',
  ])('refuses %j', (code) => {
    expect(parsePythonCalls(code)).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['1', 1],
    ['-1', -1],
    ['+1', 1],
    ['1.5', 1.5],
    ['1.', 1],
    ['.25', 0.25],
    ['1e12', 1e12],
    ['1_000_000', 1_000_000],
    ['12e3', 12_000],
    ['1.5E-3', 0.0015],
    ['2e+2', 200],
    ['True', true],
    ['False', false],
    ['None', null],
    ['true', true],
    ['false', false],
    ['null', null],
    ['[]', []],
    ['[1, [2, "a"],]', [1, [2, 'a']]],
    ['()', []],
    ['(1,)', [1]],
    ['(1, (2, 3))', [1, [2, 3]]],
    ['{}', {}],
    [`{'a': 1, "b": {'c': [2]},}`, { a: 1, b: { c: [2] } }],
    ["{1: 'x', True: 2}", { 1: 'x', true: 2 }],
    ["''", ''],
    ['""', ''],
    [`'a "b"'`, 'a "b"'],
    [`"a 'b'"`, "a 'b'"],
    [`"a '''b"`, "a '''b"],
    [`'''a 'b'\nc'''`, "a 'b'\nc"],
    [`"""a "b"\nc"""`, 'a "b"\nc'],
    [String.raw`'a\n\t\rb'`, 'a\n\t\rb'],
    [String.raw`'\\ \' \" \q'`, `\\ ' " q`],
    [String.raw`"\\ \' \" \q"`, `\\ ' " q`],
    [String.raw`'\u00e9\x41'`, 'éA'],
    [String.raw`'\u00g9'`, 'u00g9'],
    ["'a\\\nb'", 'ab'],
    [String.raw`'''a\nb'''`, 'a\nb'],
  ])('reads the literal %s', (literal, value) => {
    expect(parsePythonCalls(`f(${literal})`)).toEqual([call('f', [value])])
  })

  it('reads a name like any other that is that of the prototype', () => {
    const [read] = parsePythonCalls('f(__proto__=1)')!
    expect(Object.keys(read!.named)).toEqual(['__proto__'])
  })
})

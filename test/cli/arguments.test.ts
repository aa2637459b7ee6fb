import { describe, expect, test } from 'vitest'
import { type Syntax, UsageError, parseArguments } from '../../src/cli/arguments.js'

const syntax: Syntax = {
  positionals: '[endpoint]',
  count: { min: 0, max: 1 },
  options: {
    port: { type: 'string', description: '' },
    origin: { type: 'string', description: '', multiple: true },
    cors: { type: 'boolean', description: '' },
  },
}
const parse = (...args: string[]) => parseArguments(syntax, args)

describe('parseArguments', () => {
  test('reads flags, values and positionals in any order', () => {
    const args = parse(
      '--port',
      '8080',
      'http://localhost',
      '--cors',
      '--origin=https://a.example',
      '--origin',
      'https://b.example',
    )

    expect(args.positionals).toEqual(['http://localhost'])
    expect(args.flag('cors')).toBe(true)
    expect(args.text('port')).toBe('8080')
    expect(args.list('origin')).toEqual(['https://a.example', 'https://b.example'])
  })

  test('returns nothing for options that are not given', () => {
    const args = parse()

    expect(args.flag('cors')).toBe(false)
    expect(args.text('port')).toBeUndefined()
    expect(args.list('origin')).toEqual([])
    expect(args.integer('port', 0, 1)).toBeUndefined()
  })

  test('takes the option --endpoint for the argument of that name, once', () => {
    expect(parse('--endpoint', 'http://localhost').positionals).toEqual(['http://localhost'])
    expect(() => parse('http://localhost', '--endpoint', 'http://gpu')).toThrow(
      new UsageError('Unexpected argument "http://gpu".'),
    )
    const other: Syntax = { ...syntax, positionals: '', count: { min: 0, max: 0 } }
    expect(() => parseArguments(other, ['--endpoint', 'x'])).toThrow(new UsageError('Unknown option --endpoint.'))
  })

  test('says how to write words that start with a dash where any number of words is allowed', () => {
    const open: Syntax = { ...syntax, positionals: '[prompt …]', count: { min: 0, max: Number.POSITIVE_INFINITY } }
    expect(() => parseArguments(open, ['what', 'does', '-xyz', 'mean'])).toThrow(
      'Unknown option -x. Write -- before text that starts with a dash.',
    )
    expect(parseArguments(open, ['what', 'does', '--', '-xyz', 'mean']).positionals).toEqual([
      'what',
      'does',
      '-xyz',
      'mean',
    ])
  })

  test('takes everything after -- as positionals', () => {
    expect(parse('--', '--cors').positionals).toEqual(['--cors'])
  })

  test.each([
    [['--prot', '1'], 'Unknown option --prot. Did you mean --port?'],
    [['--hlep'], 'Unknown option --hlep. Did you mean --help?'],
    [['--something-else'], 'Unknown option --something-else.'],
    [['-x'], 'Unknown option -x.'],
    [['--constructor'], 'Unknown option --constructor.'],
    [['--port'], '--port needs a value.'],
    [['--port='], '--port needs a value.'],
    [['--port', '--cors'], '--port needs a value. To pass one that starts with a dash, write --port=--cors.'],
    [['--cors=yes'], '--cors does not take a value.'],
    [['--port', '1', '--port', '2'], '--port can be given only once.'],
    [['one', 'two'], 'Unexpected argument "two".'],
  ])('rejects %j', (args, message) => {
    expect(() => parse(...args)).toThrow(new UsageError(message))
  })

  test('rejects a missing positional, unless the help is requested', () => {
    const required: Syntax = { ...syntax, positionals: '<endpoint>', count: { min: 1, max: 1 } }

    expect(() => parseArguments(required, [])).toThrow(new UsageError('Expected <endpoint>.'))
    expect(parseArguments(required, ['-h']).flag('help')).toBe(true)
  })

  test('accepts integers within the limits only', () => {
    expect(parse('--port', '0').integer('port', 0, 65_535)).toBe(0)
    expect(parse('--port', '65535').integer('port', 0, 65_535)).toBe(65_535)
    for (const text of ['65536', '=-1', '1.5', '1e3', 'abc', ' 1']) {
      const args = text.startsWith('=') ? parse(`--port${text}`) : parse('--port', text)
      expect(() => args.integer('port', 0, 65_535)).toThrow('--port must be an integer from 0 to 65535')
    }
  })
})

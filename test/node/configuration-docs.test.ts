import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.js'
import { findMistypedVariables } from '../../src/node/env.js'
import { loadConfig } from '../../src/node/load-config.js'
import { SETTINGS, TOKEN_VARIABLES } from '../../src/node/settings.js'
import { createLMStudio } from '../../src/node/index.js'
import { makePlaces, refusal } from './places.js'

const place = new URL('../../docs/configuration.md', import.meta.url)
const guide = readFileSync(place, 'utf8')

interface Row {
  readonly option: string
  readonly variables: readonly string[]
  readonly key: string | undefined
  readonly unit: string
  readonly byDefault: string
}

const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)

/** The table of settings. Every other table of the guide has fewer columns. */
const table: Row[] = guide
  .split('\n')
  .map((line) => line.split('|').slice(1, -1))
  .filter((cells) => cells.length === 5 && cells[0]!.includes('`'))
  .map(([option, variable, key, unit, byDefault]) => ({
    option: names(option!)[0]!,
    variables: names(variable!),
    key: names(key!)[0],
    unit: unit!.trim(),
    byDefault: byDefault!.trim().replaceAll('`', ''),
  }))

const blocks = new Map([...guide.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, name, text]) => [name!, text!]))
const block = (name: string): string => blocks.get(name) ?? expect.unreachable(`The guide has no block ${name}.`)

test('the guide lists every option once and no unknown option', () => {
  const known = refusal(() => createLMStudio({ none: 1 } as never)).hint.replace(/^Known: |\.$/g, '')
  expect(table.map(({ option }) => option).toSorted()).toEqual(known.split(', ').toSorted())
})

test('the guide says what every option means', () => {
  const explained = [...guide.matchAll(/^\| (`.+?`) \| [^|]+ \|$/gm)].flatMap(([, cell]) => names(cell!))
  expect(table.map(({ option }) => option).filter((option) => !explained.includes(option))).toEqual([])
})

test('the guide names the variables and the key of each option', () => {
  const fromCode = Object.fromEntries(
    SETTINGS.map(({ option, variable, key }) => [option, { variables: variable === undefined ? [] : [variable], key }]),
  )
  const nothing = { variables: [], key: undefined }
  for (const { option, variables, key } of table) {
    const expected = option === 'apiToken' ? { variables: TOKEN_VARIABLES, key: undefined } : fromCode[option]
    expect({ option, variables, key }).toEqual({ option, ...(expected ?? nothing) })
  }
})

test.each(Object.entries(DEFAULTS))('the guide gives the default of %s', (option, value) => {
  expect(table.find((row) => row.option === option)?.byDefault).toBe(String(value))
})

test.each(table.filter(({ unit }) => unit === 'seconds' || unit === 'minutes'))(
  'the variable and the file key of $option are in $unit, as the guide says',
  ({ option, variables, key, unit }) => {
    const ms = unit === 'seconds' ? 1500 : 90_000
    const byVariable = loadConfig(makePlaces({ [variables[0]!]: '1.5' }))
    const places = makePlaces()
    places.project('lmstudio.config.toml', `${key} = 1.5`)
    for (const config of [byVariable, loadConfig(places)]) {
      expect(config[option as 'timeout'].value).toBe(ms)
    }
  },
)

test("the guide's examples of mistyped variables are reported as mistyped", () => {
  const known = new Set(table.flatMap(({ variables }) => variables))
  const others = [...new Set(guide.match(/\bLMSTUDIO_\w+/g))].filter((name) => !known.has(name))
  expect(others.length).toBeGreaterThan(0)
  const mistyped = findMistypedVariables(Object.fromEntries(others.map((name) => [name, 'x'])))
  expect(mistyped.map(({ variable }) => variable)).toEqual(others)
})

test('the example files set every key, with equal values in JSON and TOML', () => {
  const values = ['lmstudio.config.json', 'lmstudio.config.toml'].map((name) => {
    const places = makePlaces()
    places.project(name, block(name))
    const config = loadConfig(places)
    return SETTINGS.map(({ option, key }) => {
      expect(config[option].source).toContain(`${key} in `)
      return config[option].value
    })
  })
  expect(values[0]).toEqual(values[1])
})

test('loadConfig returns the output that the guide shows', () => {
  const places = makePlaces({ LMSTUDIO_TIMEOUT: '2.5', LM_API_TOKEN: 'canary-token' })
  places.project('lmstudio.config.toml', block('lmstudio.config.toml'))
  const text = JSON.stringify(loadConfig(places)).replaceAll(places.cwd, '/app')
  expect(JSON.parse(text)).toEqual(JSON.parse(block('output')))
})

// test/diagnostics/discover.test.ts checks that these are the limits of the code.
test('the guide states the limits of discovery', () => {
  expect(guide).toContain('each for 1.5 seconds')
  expect(guide).toContain('at most 1000, eight at a time')
})

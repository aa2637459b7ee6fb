import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../fixtures/', import.meta.url)

/** The bytes of a fixture, by its path in `test/fixtures`. */
export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)))

export const fixtureText = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

export const fixtureJSON = (name: string): unknown => JSON.parse(fixtureText(name)) as unknown

/** The paths of all fixtures with the given suffix. */
export const fixtureNames = (suffix: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith(suffix))
    .sort()

import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../fixtures/', import.meta.url)

/** Bytes of a recorded wire body, by its path below `test/fixtures`. */
export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)))

export const fixtureText = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

export const fixtureJSON = (name: string): unknown => JSON.parse(fixtureText(name)) as unknown

/** Paths of all fixtures that end so. */
export const fixtureNames = (suffix: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith(suffix))
    .sort()

/** A key at the top level of a config file. */
export interface FileEntry {
  readonly key: string
  readonly value: unknown
  /** Line of the key, from 1; `undefined` if it is not known. */
  readonly line: number | undefined
}

/** Stops reading a file. `problem` must not quote the file, which can contain a token. */
export type Fail = (problem: string, line: number, column: number) => never

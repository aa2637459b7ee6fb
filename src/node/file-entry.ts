/** A key at the top of a config file. */
export interface FileEntry {
  readonly key: string
  readonly value: unknown
  /** Counts from 1; `undefined` when it cannot be told. */
  readonly line: number | undefined
}

/** Ends the reading of a file. What is wrong must be told without quoting the file: it can hold a token. */
export type Fail = (what: string, line: number, column: number) => never

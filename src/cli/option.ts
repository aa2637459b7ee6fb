/** An option of a command, without the leading dashes. */
export interface OptionSpec {
  /** `string` takes a value, `boolean` does not. */
  readonly type: 'string' | 'boolean'
  readonly description: string
  /** What the value is, for the help: `url`. */
  readonly value?: string
  /** Whether the option can be given several times. */
  readonly multiple?: boolean
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

const AsyncFunction = (async () => {}).constructor as new (
  ...words: string[]
) => (...values: unknown[]) => Promise<void>

/** Runs a snippet of the documentation with these names in scope, in place of what it imports. */
export async function runSnippet(code: string, scope: Readonly<Record<string, unknown>>): Promise<void> {
  const body = code.replace(/^import .*\n/gm, '')
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope))
}

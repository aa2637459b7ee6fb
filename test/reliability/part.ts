/** The result of a part of `npm run reliability`: see scripts/lib/reliability-results.mjs. */
export interface PartResult {
  readonly title: string
  readonly summary: string[]
  readonly tables?: { readonly caption?: string; readonly columns: string[]; readonly rows: (string | number)[][] }[]
  readonly figures: Record<string, string | number>
  readonly failures: string[]
}

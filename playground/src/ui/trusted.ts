interface Policy {
  createHTML(text: string): string
  createScriptURL(text: string): string
}

interface Factory {
  createPolicy(name: string, rules: Policy): Policy
}

const RULES: Policy = { createHTML: (text) => text, createScriptURL: (text) => text }

let policy: Policy | undefined

/**
 * The page's own policy for what browsers let only trusted code do (`trusted-types playground` in index.html). Use it
 * for text that this page has made and escaped itself, never for what a model or a server says: that goes through
 * DOMPurify.
 */
export function trusted(): Policy {
  const factory = (globalThis as { readonly trustedTypes?: Factory }).trustedTypes
  return (policy ??= factory?.createPolicy('playground', RULES) ?? RULES)
}

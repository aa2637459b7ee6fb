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
 * The page's Trusted Types policy (`trusted-types playground` in index.html). Use it only for text that the page built and
 * escaped itself. Text from a model or a server must go through DOMPurify.
 */
export function trusted(): Policy {
  const factory = (globalThis as { readonly trustedTypes?: Factory }).trustedTypes
  return (policy ??= factory?.createPolicy('playground', RULES) ?? RULES)
}

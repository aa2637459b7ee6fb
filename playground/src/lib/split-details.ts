const REQUEST = / \(((?:[^()]*, )?(?:GET|POST|PUT|PATCH|DELETE) \/[^()]*)\)(?=\.?$)/

/** Splits the request at the end of a message of the library, such as `(500, POST /v1/models)`, from the cause. */
export function splitDetails(message: string): { readonly cause: string; readonly details: string | undefined } {
  const details = REQUEST.exec(message)?.[1]
  return { cause: message.replace(REQUEST, ''), details }
}

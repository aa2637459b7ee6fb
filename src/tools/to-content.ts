/**
 * What a tool returned, as text for the model.
 *
 * @throws TypeError it is no JSON: it holds itself, or is a function or a symbol
 */
export function toContent(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'Done. The tool returned nothing.'
  let text: string | undefined
  try {
    text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  } catch (cause) {
    throw new TypeError(`The result of the tool is no JSON: ${(cause as Error).message.split('\n')[0]}`, { cause })
  }
  if (text === undefined) throw new TypeError(`The result of the tool is no JSON: it is a ${typeof value}.`)
  return text
}

// Beyond it, nobody reads on, and every letter that comes would take longer to show.
const MAX_SHOWN = 200

interface ValueTreeProps {
  readonly value: unknown
  readonly name?: string
}

/** A JSON value as nested lists. */
export function ValueTree({ value, name }: ValueTreeProps) {
  const key = name === undefined ? null : <span class="tree-key">{name}</span>
  if (typeof value !== 'object' || value === null) {
    return (
      <>
        {key}
        <Leaf value={value} />
      </>
    )
  }
  const isList = Array.isArray(value)
  const members = Object.entries(value)
  const size = isList ? `${members.length} ${members.length === 1 ? 'item' : 'items'}` : ''
  return (
    <>
      {key}
      <span class="quiet small">{members.length === 0 ? (isList ? 'empty list' : 'empty object') : size}</span>
      {members.length > 0 && (
        <ul class="tree">
          {members.slice(0, MAX_SHOWN).map(([name, member]) => (
            <li key={name}>
              <ValueTree name={isList ? String(Number(name) + 1) : name} value={member} />
            </li>
          ))}
          {members.length > MAX_SHOWN && <li class="quiet">and {members.length - MAX_SHOWN} more</li>}
        </ul>
      )}
    </>
  )
}

function Leaf({ value }: { readonly value: unknown }) {
  const kind = value === null ? 'null' : typeof value
  return <span class={`tree-${kind}`}>{typeof value === 'string' ? value : String(value)}</span>
}

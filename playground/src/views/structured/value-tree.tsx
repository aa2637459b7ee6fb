import { Component } from 'preact'

// Beyond it, nobody reads on, and every letter that comes would take longer to show.
const MAX_SHOWN = 200

interface ValueTreeProps {
  readonly value: unknown
  /** Whether more of it may come. */
  readonly isGrowing: boolean
}

/** A JSON value as nested lists. */
export function ValueTree({ value, isGrowing }: ValueTreeProps) {
  if (typeof value !== 'object' || value === null) return <Leaf value={value} />
  const isList = Array.isArray(value)
  const members = Object.entries(value)
  const size = isList ? `${members.length} ${members.length === 1 ? 'item' : 'items'}` : ''
  return (
    <>
      <span class="quiet small">{members.length === 0 ? (isList ? 'empty list' : 'empty object') : size}</span>
      {members.length > 0 && (
        <ul class="tree">
          {members.slice(0, MAX_SHOWN).map(([name, member], index) => (
            <Member
              key={name}
              name={isList ? String(index + 1) : name}
              value={member}
              isGrowing={isGrowing && index === members.length - 1}
            />
          ))}
          {members.length > MAX_SHOWN && <li class="quiet">and {members.length - MAX_SHOWN} more</li>}
        </ul>
      )}
    </>
  )
}

/** What is written from top to bottom changes only at its end: the rest of a long list is left alone. */
class Member extends Component<ValueTreeProps & { readonly name: string }> {
  override shouldComponentUpdate(next: ValueTreeProps): boolean {
    return next.isGrowing || this.props.isGrowing || next.value !== this.props.value
  }

  override render() {
    const { name, value, isGrowing } = this.props
    return (
      <li>
        <span class="tree-key">{name}</span>
        <ValueTree value={value} isGrowing={isGrowing} />
      </li>
    )
  }
}

function Leaf({ value }: { readonly value: unknown }) {
  const kind = value === null ? 'null' : typeof value
  return <span class={`tree-${kind}`}>{typeof value === 'string' ? value : String(value)}</span>
}

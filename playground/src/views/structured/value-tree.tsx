import { Component } from 'preact'

/** Members shown per level. More would slow down every update of a streaming object. */
const MAX_SHOWN = 200

interface ValueTreeProps {
  readonly value: unknown
  /** Whether the value may still grow. */
  readonly isStreaming: boolean
}

/** A JSON value as nested lists. */
export function ValueTree({ value, isStreaming }: ValueTreeProps) {
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
              isStreaming={isStreaming && index === members.length - 1}
            />
          ))}
          {members.length > MAX_SHOWN && <li class="quiet">and {members.length - MAX_SHOWN} more</li>}
        </ul>
      )}
    </>
  )
}

/** A member of an object or array. Streaming changes only the last one, so the others do not render again. */
class Member extends Component<ValueTreeProps & { readonly name: string }> {
  override shouldComponentUpdate(next: ValueTreeProps): boolean {
    return next.isStreaming || this.props.isStreaming || next.value !== this.props.value
  }

  override render() {
    const { name, value, isStreaming } = this.props
    return (
      <li>
        <span class="tree-key">{name}</span>
        <ValueTree value={value} isStreaming={isStreaming} />
      </li>
    )
  }
}

function Leaf({ value }: { readonly value: unknown }) {
  const kind = value === null ? 'null' : typeof value
  return <span class={`tree-${kind}`}>{typeof value === 'string' ? value : String(value)}</span>
}

/**
 * Makes the children of `parent`, from `from` on, equal to `nodes` and leaves alone what is equal already: a selection,
 * the focus of a link and what has been painted stay.
 */
export function patch(parent: Node, nodes: readonly Node[], from = 0): void {
  for (const [index, node] of nodes.entries()) {
    const there = parent.childNodes[from + index]
    if (there === undefined) parent.appendChild(node)
    else if (!there.isEqualNode(node) && !grow(there, node)) parent.replaceChild(node, there)
  }
  while (parent.childNodes.length > from + nodes.length) parent.lastChild!.remove()
}

/** Whether the old node could be made the new one. */
function grow(old: Node, node: Node): boolean {
  if (old instanceof Text && node instanceof Text) {
    if (node.data.startsWith(old.data)) old.appendData(node.data.slice(old.length))
    else old.data = node.data
    return true
  }
  if (!(old instanceof Element && node instanceof Element) || !old.cloneNode().isEqualNode(node.cloneNode()))
    return false
  patch(old, [...node.childNodes])
  return true
}

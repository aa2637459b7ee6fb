/**
 * Makes the children of `parent` equal to `nodes`, starting at index `from`. Equal nodes are left in place, which keeps
 * the selection, the focus and the painted pixels.
 */
export function patch(parent: Node, nodes: readonly Node[], from = 0): void {
  for (const [index, node] of nodes.entries()) {
    const current = parent.childNodes[from + index]
    if (current === undefined) parent.appendChild(node)
    else if (!current.isEqualNode(node) && !update(current, node)) parent.replaceChild(node, current)
  }
  while (parent.childNodes.length > from + nodes.length) parent.lastChild!.remove()
}

/** Updates a node in place. Returns whether that was possible. */
function update(old: Node, node: Node): boolean {
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

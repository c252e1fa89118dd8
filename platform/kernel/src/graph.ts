/** The order modules start in, from what each declares to call. */

export interface Node {
  readonly name: string
  readonly calls: readonly string[]
}

/** Callees before callers. Throws with the path when the calls form a cycle, and when a callee does not exist. */
export function startOrder(nodes: readonly Node[]): string[] {
  const byName = new Map(nodes.map(node => [node.name, node]))
  const order: string[] = []
  const visit = (name: string, path: readonly string[]) => {
    if (order.includes(name)) return
    if (path.includes(name)) {
      throw new Error(`modules call each other in a circle: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`)
    }
    const node = byName.get(name)
    if (node === undefined) throw new Error(`module ${path.at(-1)} calls "${name}", which does not exist`)
    for (const callee of node.calls) visit(callee, [...path, name])
    order.push(name)
  }
  for (const node of nodes) visit(node.name, [])
  return order
}

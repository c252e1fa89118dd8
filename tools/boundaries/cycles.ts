/** Finds cycles in a graph. */

/**
 * One cycle for each group of nodes that reach each other, as a path that repeats its first node at the end. Tarjan,
 * "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972).
 */
export function cyclesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const connect = (node: string) => {
    index.set(node, index.size)
    low.set(node, index.get(node) as number)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) connect(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number))
    }
    if (low.get(node) !== index.get(node)) return
    const group = new Set(stack.splice(stack.indexOf(node)))
    if (group.size > 1 || graph.get(node)?.has(node) === true) cycles.push(shortestWayAround(graph, node, group))
  }
  for (const node of graph.keys()) if (!index.has(node)) connect(node)
  return cycles
}

/** Breadth first from `start` back to itself, within the group. */
function shortestWayAround(
  graph: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
  group: ReadonlySet<string>,
): string[] {
  const paths: string[][] = [[start]]
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) as string) ?? []) {
      if (next === start) return [...path, start]
      if (group.has(next) && !paths.some(known => known.at(-1) === next)) paths.push([...path, next])
    }
  }
  return [start, start]
}

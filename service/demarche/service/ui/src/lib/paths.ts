// Neighbourhoods and shortest paths in a network, for the drawing and the table alike: they need no WebGL.

export interface NodeLink {
  nodes: { id: string; label: string; kind?: string }[];
  edges: { source: string; target: string; weight?: number }[];
}

/** A node and all that are tied to it, whichever way the tie points. */
export function neighbourhood(graph: NodeLink, node: string): string[] {
  const ties = graph.edges.filter(({ source, target }) => source === node || target === node);
  return [...new Set([node, ...ties.flatMap(({ source, target }) => [source, target])])];
}

/** The nodes of a shortest path, both ends with it; none where nothing connects them. Directed ties lead one way. */
export function shortestPath(graph: NodeLink, directed: boolean, from: string, to: string): string[] {
  const next = new Map<string, string[]>();
  const lead = (one: string, other: string): void => void next.set(one, [...(next.get(one) ?? []), other]);
  for (const { source, target } of graph.edges) {
    lead(source, target);
    if (!directed) lead(target, source);
  }
  const before = new Map<string, string | null>([[from, null]]);
  for (const one of before.keys()) {
    for (const other of next.get(one) ?? []) if (!before.has(other)) before.set(other, one);
    if (before.has(to)) break;
  }
  const path: string[] = [];
  for (let at: string | null | undefined = before.has(to) ? to : null; at; at = before.get(at)) path.unshift(at);
  return path;
}

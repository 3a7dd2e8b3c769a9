import type { Edge } from "./import-rules.ts";

type Graph = ReadonlyMap<string, readonly string[]>;

/** A circle of imports for each group of files that reach one another; the first file is named again at its end. */
export function importCycles(edges: readonly Edge[]): readonly (readonly string[])[] {
  const graph = new Map<string, string[]>();
  for (const { from, to } of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
  return stronglyConnected(graph).flatMap((group) => {
    const circle = shortestCircle(graph, group[0] ?? "");
    return circle === null ? [] : [circle];
  });
}

/** Tarjan, "Depth-first search and linear graph algorithms" (1972). */
function stronglyConnected(graph: Graph): readonly (readonly string[])[] {
  const components: string[][] = [];
  const stack: string[] = [];
  const order = new Map<string, number>();

  /** Returns the earliest file on the stack that can be reached from this one. */
  function visit(file: string): number {
    const index = order.size;
    let reached = index;
    order.set(file, index);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      const known = order.get(next);
      if (known === undefined) reached = Math.min(reached, visit(next));
      else if (stack.includes(next)) reached = Math.min(reached, known);
    }
    if (reached === index) components.push(stack.splice(stack.indexOf(file)));
    return reached;
  }

  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return components;
}

/** The shortest way from the file back to itself, by breadth; null if there is none. */
function shortestCircle(graph: Graph, file: string): readonly string[] | null {
  const paths: (readonly string[])[] = [[file]];
  const seen = new Set<string>();
  // The list grows while it is walked: it is the queue of the search.
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? "") ?? []) {
      if (next === file) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return null;
}

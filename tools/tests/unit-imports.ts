import type { Edge } from "../layers/import-rules.ts";
import { kindOf, UNIT } from "./test-kinds.ts";

interface Need {
  /** The kind of a test that needs it. */
  readonly kind: string;
  readonly what: string;
  /** What is imported for it. */
  readonly target: RegExp;
  /** Whether the sources under test may import it: an application's module that listens is not made to by importing it. */
  readonly allowedInSources: boolean;
}

const needs: readonly Need[] = [
  {
    kind: "browser",
    what: "a browser",
    target: /^(npm:playwright-core|@coatcheck\/e2e\/chromium|e2e\/support\/chromium\.ts)$/,
    allowedInSources: false,
  },
  {
    kind: "servers",
    what: "other processes",
    // esbuild is a program that its package starts.
    target:
      /^(node:(child_process|worker_threads|cluster)|npm:esbuild|@coatcheck\/throwaway-servers|packages\/throwaway-servers\/.*)$/,
    allowedInSources: false,
  },
  {
    kind: "http",
    what: "sockets",
    target: /^(node:(http|https|http2|net|tls|dgram)|npm:@hono\/node-server)$/,
    allowedInSources: true,
  },
  {
    kind: "files",
    what: "a database or a temporary folder",
    target: /^(npm:better-sqlite3|node:os)$/,
    allowedInSources: true,
  },
];

/** What unit tests import, at first hand or through what they import, that no unit test may need. A sentence each. */
export function unitImportProblems(edges: readonly Edge[]): readonly string[] {
  const loaded = new Map<string, Edge[]>();
  for (const edge of edges) {
    if (!edge.typeOnly) loaded.set(edge.from, [...(loaded.get(edge.from) ?? []), edge]);
  }
  return [...loaded.keys()]
    .filter((path) => path.endsWith(".test.ts") && kindOf(path) === UNIT)
    .flatMap((path) => {
      const found = firstNeed(path, loaded);
      if (found === null) return [];
      const { need, edge } = found;
      const way = edge.from === path ? "" : ` through ${edge.from}`;
      return [`${path} imports ${edge.specifier}${way}: it needs ${need.what}. Name it *.${need.kind}.test.ts.`];
    });
}

/** Of all that a test needs the one that decides its kind; null for a unit test. */
function firstNeed(test: string, loaded: ReadonlyMap<string, readonly Edge[]>): { need: Need; edge: Edge } | null {
  const reached = edgesReachedFrom(test, loaded);
  for (const need of needs) {
    const edge = reached.find(({ from, to }) => need.target.test(to) && (isOfTests(from) || !need.allowedInSources));
    if (edge !== undefined) return { need, edge };
  }
  return null;
}

function edgesReachedFrom(test: string, loaded: ReadonlyMap<string, readonly Edge[]>): readonly Edge[] {
  const reached: Edge[] = [];
  const seen = new Set([test]);
  // The set grows while it is walked: it is the queue of the search.
  for (const path of seen) {
    for (const edge of loaded.get(path) ?? []) {
      reached.push(edge);
      seen.add(edge.to);
    }
  }
  return reached;
}

function isOfTests(path: string): boolean {
  return path.startsWith("e2e/") || path.includes("/test/");
}

import { posix } from "node:path";
import type ts from "typescript";
import { importsOf } from "../source/module-imports.ts";
import type { Layer } from "./layer-table.ts";

/** One import as the rules see it. */
export interface Edge {
  readonly from: string;
  /** A path from the root, a workspace package, `npm:package`, `node:module`, or `computed:` if it cannot be read. */
  readonly to: string;
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

export function edgesOf(file: ts.SourceFile): readonly Edge[] {
  return importsOf(file).map(({ specifier, line, typeOnly }) => ({
    from: file.fileName,
    to: specifier === null ? "computed:" : targetOf(file.fileName, specifier),
    specifier: specifier ?? "a computed name",
    line,
    typeOnly,
  }));
}

/**
 * What the layer rule has against the imports of one file, a sentence each.
 *
 * @param published the subpaths that the library's package.json exports, as they are imported
 */
export function importProblems(
  path: string,
  edges: readonly Edge[],
  layers: readonly Layer[],
  published: ReadonlySet<string>,
): readonly string[] {
  const layer = layers.find((candidate) => candidate.files.test(path));
  if (layer === undefined) return [`${path}: no layer has this file. Add it to tools/layers/layer-table.ts.`];
  return edges.flatMap((edge) => {
    const objection = objectionTo(edge, layer, published);
    return objection === null ? [] : [`${path}:${edge.line} imports ${edge.specifier}: ${objection}`];
  });
}

function objectionTo(edge: Edge, layer: Layer, published: ReadonlySet<string>): string | null {
  const { to } = edge;
  if (isOfLibrary(to) && !published.has(to)) return "the library does not publish this subpath.";
  const group = layer.files.exec(edge.from)?.[1] ?? "";
  const covers = (pattern: string) => isCovered(to, pattern.replace("$1", group));
  if (layer.imports.some(covers)) return null;
  if (layer.types?.some(covers)) {
    return edge.typeOnly ? null : `${layer.name} may import this only as \`import type\`.`;
  }
  if (to === "computed:") return "write the name out, so that it can be checked.";
  const allowed = layer.imports.map((pattern) => pattern.replace("$1", group));
  const types = layer.types === undefined ? "" : `; as types also ${layer.types.join(", ")}`;
  return `${layer.name} may import ${allowed.length === 0 ? "nothing" : allowed.join(", ")}${types}.`;
}

function isCovered(target: string, pattern: string): boolean {
  if (pattern.endsWith("/*")) return posix.dirname(target) === pattern.slice(0, -2);
  return /[/:]$/.test(pattern) ? target.startsWith(pattern) : target === pattern;
}

function isOfLibrary(target: string): boolean {
  return target === "coatcheck" || target.startsWith("coatcheck/");
}

function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith(".")) {
    // A compiled name in `new URL("./worker.js", import.meta.url)` stands for its source.
    return posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts");
  }
  const isNamedInFull = isOfLibrary(specifier) || /^(?:node:|@coatcheck\/)/.test(specifier);
  return isNamedInFull ? specifier : `npm:${specifier}`;
}

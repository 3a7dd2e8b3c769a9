import type ts from "typescript";
import { exportedNames } from "../source/exported-names.ts";

/** Names that several files of a package export, each with its reason. */
const SHARED: ReadonlyMap<string, string> = new Map([
  ["coatcheck", "Each subpath of a framework exports a function of this name: an application imports one of them."],
]);

interface Declaration {
  readonly path: string;
  readonly line: number;
}

/**
 * Names that two files declare and export, a sentence each. A name means one thing in a workspace; and what `packages` export
 * is for all, so that no other workspace has the name. Two applications never meet: both may have a `buildServer`.
 */
export function twiceExported(files: readonly ts.SourceFile[]): readonly string[] {
  const declarations = new Map<string, Declaration[]>();
  for (const file of files.filter(({ fileName }) => /^(?:packages|apps)\/[^/]+\/src\//.test(fileName))) {
    for (const { name, line, isDeclaration } of namesOf(file)) {
      if (!isDeclaration || name === "default" || SHARED.has(name)) continue;
      declarations.set(name, [...(declarations.get(name) ?? []), { path: file.fileName, line }]);
    }
  }
  return [...declarations].flatMap(([name, places]) => {
    const clashes = places.filter((place) => places.some((other) => other.path !== place.path && meet(place, other)));
    const list = clashes.map(({ path, line }) => `${path}:${line}`);
    return list.length === 0 ? [] : [`${name} is exported by ${list.join(" and ")}. Rename all but one, or share it.`];
  });
}

/** A module that exports everything of another is refused as a barrel, and declares nothing itself. */
function namesOf(file: ts.SourceFile): ReturnType<typeof exportedNames> {
  try {
    return exportedNames(file);
  } catch {
    return [];
  }
}

function meet(one: Declaration, other: Declaration): boolean {
  const [workspace, otherWorkspace] = [one, other].map(({ path }) => path.split("/").slice(0, 2).join("/"));
  return workspace === otherWorkspace || [one, other].some(({ path }) => path.startsWith("packages/"));
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exportedNames, type NameKind } from "../source/exported-names.ts";
import { parseSource } from "../source/parsed-source.ts";
import type { PublicSubpath } from "./public-subpaths.ts";

/** The public names by the subpath that exports them, all in alphabetical order: it changes only when they do. */
export type NameSnapshot = Readonly<Record<string, Readonly<Record<string, NameKind>>>>;

/** Reads what the built declarations export. */
export async function takeSnapshot(packageFolder: string, subpaths: readonly PublicSubpath[]): Promise<NameSnapshot> {
  const entries = subpaths.map(async ({ specifier, conditions }) => {
    const file = conditions.types ?? "";
    const names = readNames(file, await readFile(join(packageFolder, file), "utf8"));
    return [specifier, Object.fromEntries(names)] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).sort(([first], [second]) => (first < second ? -1 : 1)));
}

function readNames(path: string, text: string): readonly (readonly [name: string, kind: NameKind])[] {
  try {
    const names = exportedNames(parseSource({ path, text }));
    return names.map(({ name, kind }) => [name, kind] as const).sort(([first], [second]) => (first < second ? -1 : 1));
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** A line for each name that came (+) or went (-). A type that becomes a value does both. */
export function snapshotDifferences(reviewed: NameSnapshot, actual: NameSnapshot): readonly string[] {
  const before = new Set(linesOf(reviewed));
  const after = new Set(linesOf(actual));
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ];
}

function linesOf(snapshot: NameSnapshot): readonly string[] {
  return Object.entries(snapshot).flatMap(([specifier, names]) =>
    Object.entries(names).map(([name, kind]) => `${specifier}: ${kind} ${name}`),
  );
}

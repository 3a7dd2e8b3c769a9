import type { NameSnapshot } from "./name-snapshot.ts";

/** How much a library may publish before a reader can no longer hold it in view. */
export interface SurfaceLimits {
  readonly subpaths: number;
  /** Names that the package itself exports, without a subpath: its page in the reference shows them on one screen. */
  readonly rootNames: number;
}

/** A line for each limit that the public names pass. A new name beyond it needs another place, or another name gone. */
export function surfaceProblems(snapshot: NameSnapshot, limits: SurfaceLimits): readonly string[] {
  const subpaths = Object.keys(snapshot);
  const problems: string[] = [];
  if (subpaths.length > limits.subpaths) {
    problems.push(`There are ${subpaths.length} subpaths, and at most ${limits.subpaths} are allowed.`);
  }
  for (const root of subpaths.filter((specifier) => !specifier.includes("/"))) {
    const names = Object.keys(snapshot[root] ?? {}).length;
    if (names > limits.rootNames) {
      problems.push(`${root} exports ${names} names, and at most ${limits.rootNames} are allowed.`);
    }
  }
  return problems;
}

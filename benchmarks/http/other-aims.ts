import type { Aim } from "./comparison-tables.ts";

/** What a contestant is called that runs with another build. */
export function otherName(name: string): string {
  return `${name}, the other build`;
}

/** That this build is not behind the other one. */
export function otherAims(names: readonly string[]): readonly Aim[] {
  return names.map((name) => ({ of: name, to: otherName(name), atLeast: 1 }));
}

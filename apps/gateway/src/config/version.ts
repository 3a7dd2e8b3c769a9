import { readFileSync } from "node:fs";

/** This version, as its package has it. */
export function version(): string {
  const { version: number } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return number;
}

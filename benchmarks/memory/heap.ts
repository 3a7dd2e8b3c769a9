import { fileURLToPath } from "node:url";

/** For a contestant whose heap is asked for. */
export const HEAP_FLAGS: readonly string[] = [
  "--expose-gc",
  "--import",
  fileURLToPath(new URL("./heap-probe.js", import.meta.url)),
];

/** A process that has the probe. */
export interface Probed {
  ask(message: "heap"): Promise<unknown>;
}

/** The heap that is in use once everything is collected. */
export async function heapBytesOf(probed: Probed): Promise<number> {
  const { heapBytes } = (await probed.ask("heap")) as { readonly heapBytes: number };
  return heapBytes;
}

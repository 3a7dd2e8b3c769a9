import { fileURLToPath } from "node:url";

/** Names the other checkout to the process of a contestant. */
export const OTHER_BUILD = "COATCHECK_BENCHMARK_OTHER_BUILD";

/** For a contestant that uses the `coatcheck` of another checkout, in an environment that names it. */
export const OTHER_BUILD_FLAGS: readonly string[] = [
  "--import",
  fileURLToPath(new URL("./other-build.js", import.meta.url)),
];

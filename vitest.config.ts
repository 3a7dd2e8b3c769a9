import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Tests read the sources of workspace packages, not their builds: `coatcheck-source` comes first in each export. Not "import",
// which goes without saying: Node would apply it to what a package in CommonJS requires, too.
const conditions = ["coatcheck-source", "node"];

// CI counts the tests from a report; what is printed stays the same.
const report = process.env.TEST_REPORT_FILE;

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["{packages,apps,examples}/*/test/**/*.test.ts", "{e2e,tools,benchmarks}/test/**/*.test.ts"],
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    // Vitest would leave a core to itself. These tests wait for servers and browsers more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { LongestFirst } from "./tools/tests/longest-first.ts";
import { ReportFile } from "./tools/tests/report-file.ts";
import { patternsOf, specialKinds, UNIT } from "./tools/tests/test-kinds.ts";

// Tests read the sources of workspace packages, not their builds: `coatcheck-source` comes first in each export. Not "import",
// which goes without saying: Node would apply it to what a package in CommonJS requires, too.
const conditions = ["coatcheck-source", "node"];

// CI counts the tests from a report; what is printed stays the same.
const report = process.env.TEST_REPORT_FILE;
const cores = availableParallelism();

/** One kind of tests, as docs/decisions/0045-tests-by-what-they-need.md tells them apart. */
function project(kind: string, options: object) {
  const { include, exclude } = patternsOf(kind);
  return {
    extends: true as const,
    test: { name: kind, include, exclude: [...configDefaults.exclude, ...exclude], ...options },
  };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      // They compute: one thread for each core.
      project(UNIT, {
        pool: "threads",
        isolate: false,
        maxWorkers: Math.max(2, cores),
        sequence: { groupOrder: 0 },
        setupFiles: ["tools/tests/unit-guard.ts"],
      }),
      // They wait for servers, browsers and disks more than they compute.
      ...specialKinds.map(({ name, isolate }) =>
        project(name, {
          isolate,
          maxWorkers: 2 * cores,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
          globalSetup: name === "browser" ? ["e2e/support/songs.ts"] : [],
        }),
      ),
    ],
    sequence: { sequencer: LongestFirst },
    reporters: report === undefined ? ["default"] : ["default", new ReportFile(report)],
    server: { deps: { external: [/\/examples\/music\/dist\//] } },
    // A machine that has much else to do must not decide a test: what is asked for again and again may take its time.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});

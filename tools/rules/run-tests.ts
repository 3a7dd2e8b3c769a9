import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { failureSummary } from "./failure-summary.ts";

export interface TestResult {
  /** From the root of the workspace. */
  readonly file: string;
  /** Its groups and its own name, joined by " > ". */
  readonly name: string;
  readonly passed: boolean;
  /** What it printed when it failed, as one line without colours and paths of this machine. */
  readonly message: string;
}

export interface TestRun {
  /** The tests that ran: those that were asked for and exist. */
  readonly results: readonly TestResult[];
  /** What vitest wrote, for when it could not run a file at all. */
  readonly output: string;
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs the named tests of some files with the vitest of the workspace at `root`. */
export async function runTests(root: string, files: readonly string[], names: readonly string[]): Promise<TestRun> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-report-"));
  try {
    const reportFile = join(folder, "report.json");
    const pattern = `^(${[...new Set(names)].map(patternOf).join("|")})$`;
    const output = await runVitest(root, folder, [...new Set(files), "-t", pattern, `--outputFile=${reportFile}`]);
    const report = await readFile(reportFile, "utf8").catch(() => null);
    return { results: report === null ? [] : resultsOf(JSON.parse(report) as Report, root), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Vitest matches against the names of the groups and of the test, joined by spaces. */
function patternOf(name: string): string {
  return name.replaceAll(" > ", " ").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * Resolves with what vitest wrote, whether its tests passed or failed: the report tells which. Temporary files go into
 * `folder`, because a test that a change brings down does not clear them away.
 */
function runVitest(root: string, folder: string, options: readonly string[]): Promise<string> {
  // A changed rule may leave a test waiting for ever: ten seconds are enough for any of these.
  const fixed = ["run", "--reporter=json", "--testTimeout=10000", "--passWithNoTests"];
  return new Promise((resolve, reject) => {
    const program = join(root, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [program, ...fixed, ...options], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

function resultsOf(report: Report, root: string): readonly TestResult[] {
  return report.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "passed" || status === "failed")
      .map(({ ancestorTitles, title, status, failureMessages }) => ({
        file: relative(root, file).replaceAll("\\", "/"),
        name: [...ancestorTitles, title].join(" > "),
        passed: status === "passed",
        message: failureSummary(failureMessages[0] ?? "", root),
      })),
  );
}

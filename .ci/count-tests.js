// Prints the name of each test that failed and "N passed, N failed", from vitest's JSON report, and fails unless some
// test ran and none failed. The names come last, because the end of a long log is what is kept of it.
import { readFileSync } from "node:fs";
import path from "node:path";

/** A file that could not even be loaded has no tests to count, but it must not go unnoticed. */
function brokenFiles(report) {
  return report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
}

const text = readFileSync(process.argv[2], "utf8");
const report = text === "" ? null : JSON.parse(text);
const passed = report === null ? 0 : report.numPassedTests;
const failed = report === null ? 1 : report.numFailedTests + brokenFiles(report).length;
for (const file of report?.testResults ?? []) {
  const names = file.assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
  if (names.length === 0 && file.status === "failed") names.push("could not be loaded");
  for (const name of names) process.stdout.write(`failed  ${path.relative(process.cwd(), file.name)}: ${name}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (passed === 0 || failed > 0) process.exitCode = 1;

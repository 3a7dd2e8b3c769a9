// Prints the seconds of each folder of tests, the slowest files, the name of each test that failed and "N passed, N failed",
// from the report that tools/tests/report-file.ts writes, and fails unless some test ran and none failed. The failures
// come last, because the end of a long log is what is kept of it.
import { readFileSync } from "node:fs";

const SLOWEST = 10;

function print(seconds, text) {
  process.stdout.write(`${seconds.toFixed(1).padStart(8)} s  ${text}\n`);
}

/** The folder "test" of a workspace and the one below it: "apps/gateway/test/http". */
function folderOf(path) {
  return /^.*?\/test(?:\/[^/]+(?=\/))?/.exec(path)?.[0] ?? path;
}

function printSeconds(files) {
  const folders = new Map();
  for (const { path, seconds } of files) folders.set(folderOf(path), (folders.get(folderOf(path)) ?? 0) + seconds);
  process.stdout.write("\nSeconds of each folder, on all workers:\n");
  for (const [folder, seconds] of [...folders].sort(([, one], [, other]) => other - one)) print(seconds, folder);
  process.stdout.write(`\nThe ${SLOWEST} slowest files:\n`);
  const slowest = [...files].sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  for (const { path, seconds } of slowest) print(seconds, path);
  process.stdout.write("\n");
}

const text = readFileSync(process.argv[2], "utf8");
const files = text === "" ? [] : JSON.parse(text);
printSeconds(files);
for (const { path, failures } of files) for (const name of failures) process.stdout.write(`failed  ${path}: ${name}\n`);
const passed = files.reduce((sum, file) => sum + file.passed, 0);
const failed = files.length === 0 ? 1 : files.reduce((sum, { failures }) => sum + failures.length, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (passed === 0 || failed > 0) process.exitCode = 1;

import type { SourceFile } from "../source/source-files.ts";

const MAXIMUM_LINES = 300;
const MAXIMUM_TEST_LINES = 500;

/** Tests that may be longer, each with its reason. */
const longTests: Readonly<Record<string, string>> = {};

/** Which files are too long, and which may be longer although they are not, a sentence each. */
export function sizeProblems(
  files: readonly SourceFile[],
  exceptions: Readonly<Record<string, string>> = longTests,
): readonly string[] {
  const tooLong = files.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - 1;
    const maximum = /\/test\/|\.test\.ts$/.test(path) ? MAXIMUM_TEST_LINES : MAXIMUM_LINES;
    return lines > maximum ? [{ path, lines, maximum }] : [];
  });
  const needless = Object.keys(exceptions).filter((path) => !tooLong.some((file) => file.path === path));
  return [
    ...tooLong
      .filter(({ path, maximum }) => maximum === MAXIMUM_LINES || exceptions[path] === undefined)
      .map(({ path, lines, maximum }) => `${path}: ${lines} lines. Split a file at ${maximum}.`),
    ...needless.map((path) => `${path} is not too long. Take it off the list in tools/layers/file-sizes.ts.`),
  ];
}

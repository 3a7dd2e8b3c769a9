import { expect, test } from "vitest";
import { checkEnglish } from "../../english/repository-english.ts";
import { temporaryTree } from "../temporary-tree.ts";

async function problemsOf(files: Readonly<Record<string, string>>, exceptions = {}): Promise<readonly string[]> {
  const root = await temporaryTree(files);
  return (await checkEnglish(root, { sentences: [], unfinished: [], ...exceptions })).problems;
}

const advice = "\n  Say who or what it is: the caller, a visitor, the store, no process, another user.";

test("names file, line, word and sentence, in every folder and at the root", async () => {
  const problems = await problemsOf({
    "README.md": "# Title\n\nFor nobody.\n",
    "apps/a/src/a.ts": "// Whoever calls.\n",
    ".ci/run": "# For whom?\n",
    "tools/a.css": "/* fine */",
    "node_modules/a/README.md": "For nobody.",
  });
  expect(problems).toEqual([
    `README.md:3 nobody: For nobody.${advice}`,
    `.ci/run:1 whom: For whom?${advice}`,
    `apps/a/src/a.ts:1 whoever: Whoever calls.${advice}`,
  ]);
});

test("lets a sentence through that is on the list, in its file alone", async () => {
  const sentences = [{ path: "a.md", sentence: "For nobody.", reason: "a title" }];
  const files = { "a.md": "For nobody. For nobody else.", "b.md": "For nobody." };
  expect(await problemsOf(files, { sentences })).toEqual([
    `a.md:1 nobody: For nobody else.${advice}`,
    `b.md:1 nobody: For nobody.${advice}`,
  ]);
});

test("an exception that is needed no more comes off the list", async () => {
  const sentences = [{ path: "a.md", sentence: "For nobody.", reason: "a title" }];
  expect(await problemsOf({ "a.md": "For no user." }, { sentences })).toEqual([
    "a.md no longer says: For nobody. Take it off the list of exceptions.",
  ]);
});

test("a folder that is unfinished is let through until it is clean", async () => {
  const files = { "apps/a/a.md": "For nobody.", "apps/b/b.md": "For no user." };
  expect(await problemsOf(files, { unfinished: ["apps/a/"] })).toEqual([]);
  expect(await problemsOf(files, { unfinished: ["apps/a/", "apps/b/"] })).toEqual([
    "apps/b/ is clean. Take it off the unfinished.",
  ]);
});

import { symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TestRunner } from "../../rules/run-tests.ts";
import { temporaryTree } from "../temporary-tree.ts";

const [source, file, name] = ["store.ts", "store.test.ts", "a store > forgets"];
const keeps = "export const forgets = () => true;\n";
const broken = "export const forgets = () => false;\n";

async function runnerIn(files: Record<string, string>) {
  const root = await temporaryTree(files);
  await symlink(resolve(import.meta.dirname, "../../../node_modules"), join(root, "node_modules"));
  const runner = await TestRunner.start(root);
  onTestFinished(() => runner.stop());
  const write = async (text: string) => {
    await writeFile(join(root, source), text);
    runner.forget(source);
  };
  return { runner, write };
}

test("a file is read anew once it is written, and no test is believed that ran before", async () => {
  const { runner, write } = await runnerIn({
    "vitest.config.mjs": `export default { test: { isolate: false, include: ["*.test.ts"] } };`,
    [source]: keeps,
    [file]: `
      import { describe, expect, test } from "vitest";
      import { forgets } from "./store.ts";
      describe("a store", () => {
        test("forgets", () => expect(forgets()).toBe(true));
        test("forgets more", () => expect(forgets()).toBe("more"));
      });`,
    "other.test.ts": `import { test } from "vitest"; test("forgets", () => {});`,
  });
  const passed = { file, name, passed: true, message: "" };
  const failed = {
    file,
    name,
    passed: false,
    message: "AssertionError: expected false to be true // Object.is equality",
  };
  expect(await runner.run([file], [name])).toEqual({ results: [passed], output: "" });
  await write(broken);
  expect(await runner.run([file], [name])).toEqual({ results: [failed], output: "" });
  await write(keeps);
  expect(await runner.run([file], [name])).toEqual({ results: [passed], output: "" });
  await write("this is no code");
  expect(await runner.run([file], [name])).toEqual({ results: [], output: expect.stringMatching(/./) });
  await write(broken);
  expect(await runner.run([file], [name, "forgets more"])).toMatchObject({ results: [failed] });
  expect(await runner.run([file], ["remembers"])).toEqual({ results: [], output: "" });
});

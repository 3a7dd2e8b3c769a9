import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ArticleProgram } from "./support/article-program.ts";

const PAGE = new URL("../../../docs/article.md", import.meta.url);
let program: ArticleProgram;

beforeAll(async () => {
  program = await ArticleProgram.start();
});

afterAll(async () => {
  await program.stop();
});

test("the commands of docs/article.md print what the page shows", async () => {
  const blocks = [...(await readFile(PAGE, "utf8")).matchAll(/^```\n(.*?)^```$/gms)];
  const [commands = "", output] = blocks.map(([, block = ""]) => block);
  expect(commands).toContain("http://localhost:5000/");
  const script = commands.replaceAll("http://localhost:5000", program.url);
  const { stdout } = await promisify(execFile)("bash", ["-e", "-c", script], { cwd: program.folder });
  expect(stdout).toBe(output);
});

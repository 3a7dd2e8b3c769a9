import { expect, test } from "vitest";
import { checkDocuments } from "../../docs/repository-documents.ts";
import { temporaryTree } from "../temporary-tree.ts";

const surroundings = {
  "package.json": JSON.stringify({ scripts: { build: "tsc", "check:layers": "node check-layers.js" } }),
  "packages/coatcheck/package.json": JSON.stringify({ name: "coatcheck", exports: { "./stores/memory": {} } }),
  "packages/coatcheck/src/index.ts": "",
  "docs/guide.md":
    '# Guide\n\n## Start\n\n## `Stop` & go\n\n## Start\n\n<a id="middle"></a>\n\n```\n# not a heading\n```\n',
};

async function problemsOf(path: string, text: string): Promise<readonly string[]> {
  return (await checkDocuments(await temporaryTree({ ...surroundings, [path]: text }))).problems;
}

const wrong = [
  { text: "See [the guide](docs/gide.md).", says: "links to docs/gide.md, which is not there." },
  { text: "See [the guide](docs/gide.md#start).", says: "links to docs/gide.md#start, which is not there." },
  { text: "See [the guide](docs/guide.md#stop).", says: "links to docs/guide.md#stop, which is not there." },
  {
    text: "See [code](docs/guide.md#not-a-heading).",
    says: "links to docs/guide.md#not-a-heading, which is not there.",
  },
  { text: "See [below](#bottom).", says: "links to #bottom, which is not there." },
  {
    text: "Read `packages/coatcheck/src/main.ts`.",
    says: "speaks of packages/coatcheck/src/main.ts, which is not there.",
  },
  { text: "Run `npm run check:layer` first.", says: "speaks of npm run check:layer, which is no script." },
  { text: "```\nnpm run bild\n```", says: "speaks of npm run bild, which is no script." },
  {
    text: '```ts\nimport "coatcheck/stores/redis";\n```',
    says: "speaks of coatcheck/stores/redis, which the library does",
  },
  { text: "Use `coatcheck/stores/redis`.", says: "speaks of coatcheck/stores/redis, which the library does" },
] as const;

test.each(wrong)("finds what is wrong with $text", async ({ text, says }) => {
  const problems = await problemsOf("README.md", `# Title\n\n${text}\n`);
  const line = text.startsWith("```") ? 4 : 3;
  expect(problems.map((problem) => problem.slice(0, `README.md:${line} ${says}`.length))).toEqual([
    `README.md:${line} ${says}`,
  ]);
});

const right = [
  "See [the guide](docs/guide.md#start), [above](#title) and [elsewhere](https://example.com/docs/gide.md).",
  "See [go](docs/guide.md#stop--go), [again](docs/guide.md#start-1), [there](docs/guide.md#middle).",
  "Read `packages/coatcheck/src/index.ts` and all of `packages/coatcheck/src/`, not `packages/*/src`.",
  "Run `npm run build`, then `npm run check:layers -- --help`.",
  'Use `coatcheck/stores/memory`:\n\n```ts\nimport "coatcheck/stores/memory";\n```',
  "```\n[not a link](in/code.md) `docs/gide.md`\n```",
] as const;

test.each(right)("has nothing against %s", async (text) => {
  expect(await problemsOf("README.md", `# Title\n\n${text}\n`)).toEqual([]);
});

test("reads links from where the document is", async () => {
  expect(
    await problemsOf("docs/more.md", "[the guide](guide.md), [the index](../packages/coatcheck/src/index.ts)"),
  ).toEqual([]);
  expect(await problemsOf("docs/more.md", "[the guide](docs/guide.md)")).toHaveLength(1);
});

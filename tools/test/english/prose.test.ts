import { expect, test } from "vitest";
import { proseOf } from "../../english/prose.ts";

/** The words that are left, each of them where it was in the file. */
function wordsOf(path: string, text: string): string {
  const prose = proseOf({ path, text });
  expect(prose).toHaveLength(text.length);
  for (const { 0: word, index } of prose.matchAll(/\S+/g)) expect(text.slice(index, index + word.length)).toBe(word);
  return prose.trim().split(/\s+/).join(" ");
}

const rows: readonly (readonly [what: string, path: string, text: string, words: string])[] = [
  [
    "comments of TypeScript",
    "a.ts",
    '// one\nconst a = "no"; /* two */ b(/no/);\n/**\n * three\n */\n',
    "one two three",
  ],
  ["comments of JavaScript", "a.mjs", "#!/usr/bin/env node\n// one\nno();\n", "one"],
  ["no code in a comment", "a.ts", "/** one `no` two\n * ```ts\n * no();\n * ```\n * three */\n", "one two three"],
  ["comments of a style sheet", "a.css", '/* one */ a { content: "no"; } /* two */', "one two"],
  ["comments of SQL", "a.sql", "-- one\nSELECT no; -- two\n", "one two"],
  ["comments of a page", "a.html", "<!-- one --><p>no</p>", "one"],
  [
    "comments of a shell script",
    ".ci/run",
    "#!/bin/sh\n# one\necho \"# no\" no#no # two it's\necho '# no' $# no\n# three\n",
    "!/bin/sh one two it's three",
  ],
  ["comments of YAML", "a.yml", 'a: "# no" # one\nb: no\n', "one"],
  [
    "a document without code",
    "a.md",
    "one `no` two\n\n```ts\nno();\n```\n\n~~~\nno\n~~~\nthree ``no ` no`` four\n",
    "one two three four",
  ],
  ["a document without quotations", "a.md", 'one "no\nno" two “no” three\n\n> no\n\nfour', "one two three four"],
  ["a document without addresses", "a.md", "[one](no.md) two", "[one two"],
  ["a paragraph with an odd quotation mark", "a.md", 'one " two\n\nthree " four', 'one " two three " four'],
];

test.each(rows)("finds %s", (_what, path, text, words) => {
  expect(wordsOf(path, text)).toBe(words);
});

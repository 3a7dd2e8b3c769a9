import { expect, test } from "vitest";
import { vagueSentences } from "../../english/plain-english.ts";

test.each(["whoever", "whomever", "whosever", "whom", "nobody", "somebody", "anybody", "everybody"])(
  "refuses %s, also where it begins a sentence or has an ending",
  (word) => {
    const title = `${word[0]?.toUpperCase()}${word.slice(1)}`;
    const text = `// ${title} waits.\n// It is ${word}'s.\nconst ${word} = "${word}";\n`;
    expect(vagueSentences({ path: "a.ts", text })).toEqual([
      { path: "a.ts", line: 1, word, sentence: `${title} waits.` },
      { path: "a.ts", line: 2, word, sentence: `It is ${word}'s.` },
    ]);
  },
);

test.each(["who", "whose", "one", "body", "someone"])("takes no offence at %s", (word) => {
  expect(vagueSentences({ path: "a.md", text: `The user ${word} waits.` })).toEqual([]);
});

const sentences: readonly (readonly [where: string, path: string, text: string, sentence: string])[] = [
  ["over several lines", "a.md", "One. Two for\nnobody at\nall. Three.", "Two for nobody at all."],
  ["of a comment", "a.ts", "/**\n * One. Two for\n * nobody at\n * all. Three.\n */", "Two for nobody at all."],
  ["in a cell of a table", "a.md", "| a | for nobody | b |", "for nobody"],
  ["in an item of a list", "a.md", "- one\n- for nobody\n- three", "- for nobody"],
  ["in a heading", "a.md", "# For nobody\n\nOne.", "For nobody"],
  ["with code in it", "a.md", "The call `open()` is for nobody.", "The call `open()` is for nobody."],
];

test.each(sentences)("shows the sentence %s", (_where, path, text, sentence) => {
  expect(vagueSentences({ path, text }).map((finding) => finding.sentence)).toEqual([sentence]);
});

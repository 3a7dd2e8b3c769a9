import { expect, test } from "vitest";
import { commentsOf } from "../../source/comments.ts";
import { parseSource } from "../../source/parsed-source.ts";

function commentsIn(text: string, path = "file.ts"): readonly (readonly [text: string, line: number])[] {
  return commentsOf(parseSource({ path, text })).map((comment) => [comment.text, comment.line]);
}

test("finds every comment where it begins", () => {
  const text = `#!/usr/bin/env node
// first
/** of a
 * function */
function a(/* inside */ b: string /* after */) {
  // only this
}
a(\`\${
  // in a substitution
  "b"
}\`); // at the end of a line
/* last */`;
  expect(commentsIn(text)).toEqual([
    ["// first", 2],
    ["/** of a\n * function */", 3],
    ["/* inside */", 5],
    ["/* after */", 5],
    ["// only this", 6],
    ["// in a substitution", 9],
    ["// at the end of a line", 11],
    ["/* last */", 12],
  ]);
});

test.each([
  ["a string", "const a = \"// no\"; const b = '/* no */';"],
  ["a template", "const a = `// no /* no */`;"],
  ["a regular expression", "const a = /[/*]no*\\//;"],
  ["an address", 'fetch("https://example.com");'],
])("finds none in %s", (_where, text) => {
  expect(commentsIn(text)).toEqual([]);
});

test("finds none in the text of an element", () => {
  expect(commentsIn("const a = <p>https://example.com /* no */</p>;", "page.jsx")).toEqual([]);
});

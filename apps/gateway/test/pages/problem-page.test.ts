import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type ProblemCode, problems } from "../../src/http/problem.ts";
import { problemPage } from "../../src/pages/problem-page.ts";
import { formProblemText, problemText } from "../../src/pages/problem-texts.ts";

const template = await readFile(new URL("../../../web/problem.html", import.meta.url), "utf8");

function hrefsOf(html: string): readonly string[] {
  return Array.from(html.matchAll(/<a [^>]*href="([^"]*)"/g), ([, href = ""]) => href);
}

function pageOf(code: ProblemCode, target: string, text = problemText(code)): string {
  return problemPage(template, { code, text, target });
}

describe("the page of a problem", () => {
  const codes = Object.keys(problems) as ProblemCode[];
  const all = codes.flatMap((code) => [
    { code, text: problemText(code), of: "a page" },
    { code, text: formProblemText(code), of: "a form" },
  ]);
  test.each(all)("$code of $of has its status, something to do, and no script", ({ code, text }) => {
    const html = pageOf(code, "/app/page", text);
    expect(html).toContain(`Error ${problems[code].status}: <code>${code}</code>`);
    expect(hrefsOf(html)).not.toEqual([]);
    expect(html).not.toMatch(/\{\{|\}\}|<script/);
  });

  test("leads back to what was opened, its query too", () => {
    expect(hrefsOf(pageOf("unavailable", "/app/page?a=1&b=2"))).toEqual(["/app/page?a=1&#38;b=2"]);
    const [switchUser] = hrefsOf(pageOf("forbidden", "/app/page?a=1&b=2"));
    expect(switchUser).toBe("/auth/sign-in?switch-user&#38;next=%2Fapp%2Fpage%3Fa%3D1%26b%3D2");
  });

  test.each(["//elsewhere.example/", "/\\elsewhere.example", "https://elsewhere.example/", "*", ""])(
    "leads nowhere else: %j",
    (target) => expect(hrefsOf(pageOf("unavailable", target))).toEqual(["/"]),
  );

  test("takes an address for an address, whatever is in it", () => {
    const html = pageOf("unavailable", `/x"><script>alert(1)</script>?'"><img src=x>&{{code}}`);
    expect(html).not.toMatch(/<script|<img src=x|["']>{2}/);
    expect(hrefsOf(html)).toEqual([
      "/x%22%3E%3Cscript%3Ealert(1)%3C/script%3E?%27%22%3E%3Cimg%20src=x%3E&#38;{{code}}",
    ]);
  });
});

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CoatcheckError, type ErrorCode, errorCodes, type Refusal, type RefusalCode, refusalCodes } from "coatcheck";
import type { GuardRefusalCode } from "coatcheck/adapter";
import { type AccessRefusalCode, accessRefusalCodes } from "coatcheck/passes";
import { describe, expect, expectTypeOf, test } from "vitest";

const sourceFolder = join(import.meta.dirname, "../src");
const page = await readFile(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");

const faults = Object.keys(errorCodes) as ErrorCode[];
const refusals = Object.keys(refusalCodes) as RefusalCode[];

/** The rows of the table below a heading of the page: each cell as its text, and code without its quotes. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const [, , ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((row) => {
    const [first = "", ...others] = row.split("|").slice(1, -1);
    return [first.replace(/<a id=.*<\/a>|`/g, "").trim(), ...others.map((cell) => cell.trim())];
  });
}

/** The sources below a folder as one text, but for the list of codes itself and what is for tests. */
async function sourcesBelow(folder: string): Promise<string> {
  const files = (await readdir(join(sourceFolder, folder), { recursive: true })).filter((file) => file.endsWith(".ts"));
  const chosen = files.filter((file) => file !== "errors.ts" && !file.startsWith("testing"));
  return (await Promise.all(chosen.map((file) => readFile(join(sourceFolder, folder, file), "utf8")))).join("\n");
}

function named(pattern: RegExp, text: string): readonly string[] {
  return Array.from(text.matchAll(pattern), (match) => match.slice(1).find((code) => code !== undefined) ?? "");
}

describe("the page", () => {
  test("lists every fault in the order of the code, with the status that it is answered with and its meaning", () => {
    expect(rowsBelow("Faults").map((row) => row.slice(0, 3))).toEqual(
      faults.map((code) => [code, String(new CoatcheckError(code, "").statusCode), errorCodes[code]]),
    );
  });

  test("lists every refusal in the order of the code, with its status and what the client is told", () => {
    expect(rowsBelow("Refusals").map((row) => row.slice(0, 3))).toEqual(
      refusals.map((code) => [code, String(refusalCodes[code].status), refusalCodes[code].detail]),
    );
  });

  test("lists every reason not to believe a token in the order of the code, with its meaning", () => {
    expect(rowsBelow("Tokens that are not believed").map((row) => row.slice(0, 2))).toEqual(
      Object.entries(accessRefusalCodes),
    );
  });

  test("says of each what to do, and can be linked to by each fault and refusal", () => {
    const rows = ["Faults", "Refusals", "Tokens that are not believed"].flatMap(rowsBelow);
    for (const row of rows) expect(row.at(-1), row[0]).toMatch(/\w.*[.:?]$/);
    expect(named(/<a id="(\w+)"><\/a>`\1`/g, page)).toEqual([...faults, ...refusals]);
  });
});

describe("the sources", () => {
  test("raise every fault, each by a code that stands where it is raised, and no other", async () => {
    const sources = await sourcesBelow(".");
    const raised = named(/new CoatcheckError\(\s*"(\w+)"/g, sources);
    expect(raised).toHaveLength(sources.split("new CoatcheckError(").length - 1);
    expect(new Set(raised)).toEqual(new Set(faults));
  });

  test("give every refusal as an answer, and no other", async () => {
    const sources = await sourcesBelow("http");
    const refused = named(/\b(?:refusalOf|refused)\(\s*"(\w+)"/g, sources);
    const decided = named(/\breturn "(\w+)";/g, sources);
    // Outcomes of core that refuse are answered as they are.
    const passedOn = named(/readonly outcome: "(\w+)"/g, await sourcesBelow("core"));
    expect(refusals.filter((code) => ![...refused, ...decided, ...passedOn].includes(code))).toEqual([]);
    expect(refused.filter((code) => !(code in refusalCodes))).toEqual([]);
  });

  test("disbelieve a token for every reason, and for no other", async () => {
    const folders = ["identity", "keys", "passes", "signed-tokens"];
    const sources = (await Promise.all(folders.map(sourcesBelow))).join("\n").replace(/readonly \w+\??: .*/g, "");
    const refused = named(/\brefused\(\s*"(\w+)"/g, sources);
    const decided = named(/(?:\breturn|[?:]) "(\w+)"(?!\s*\|)/g, sources);
    const reasons = Object.keys(accessRefusalCodes);
    expect(reasons.filter((code) => ![...refused, ...decided].includes(code))).toEqual([]);
    expect(refused.filter((code) => !reasons.includes(code))).toEqual([]);
  });
});

test("no code stands for two things", () => {
  const codes = [...faults, ...refusals, ...Object.keys(accessRefusalCodes)];
  expect(codes).toEqual([...new Set(codes)]);
});

test("types know exactly these codes", () => {
  expectTypeOf<CoatcheckError["code"]>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<ErrorCode>().toEqualTypeOf<keyof typeof errorCodes>();
  expectTypeOf<Refusal["code"]>().toEqualTypeOf<RefusalCode>();
  expectTypeOf<RefusalCode>().toEqualTypeOf<keyof typeof refusalCodes>();
  expectTypeOf<AccessRefusalCode>().toEqualTypeOf<keyof typeof accessRefusalCodes>();
  expectTypeOf<GuardRefusalCode>().toExtend<RefusalCode>();
  // Any text at all would be equal to itself, too.
  expectTypeOf<string>().not.toExtend<ErrorCode | RefusalCode | AccessRefusalCode>();
});

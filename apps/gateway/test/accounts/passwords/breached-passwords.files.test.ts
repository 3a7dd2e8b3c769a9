import { createHash } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { BreachedPasswords } from "../../../src/accounts/passwords/breached-passwords.ts";
import { NewPasswordCheck } from "../../../src/accounts/passwords/new-password-check.ts";
import { goodPassword, otherPassword, temporaryFolder } from "../support/test-accounts.ts";

const owner = { email: "ada@example.com", name: "Ada Lovelace" } as Parameters<NewPasswordCheck["check"]>[1];

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex").toUpperCase();

function fileOf(lines: readonly string[], end = "\r\n"): string {
  const path = join(temporaryFolder(), "breached.txt");
  writeFileSync(path, lines.join(end));
  return path;
}

/** As it is downloaded: with how often each was seen, which makes lines of many lengths. */
function listOf(passwords: readonly string[]): readonly string[] {
  return passwords.map((password, index) => `${sha1(password)}:${10 ** (index % 8)}`).sort();
}

async function open(path: string): Promise<BreachedPasswords> {
  const breached = await BreachedPasswords.open(path);
  onTestFinished(() => breached.close());
  return breached;
}

const many = Array.from({ length: 5_000 }, (_, index) => `leaked password ${index}`);

describe("a password that leaked is found", () => {
  test.each([
    { what: "among many", passwords: many, end: "\r\n" },
    { what: "among few", passwords: many.slice(0, 3), end: "\n" },
    { what: "when it is the only one", passwords: many.slice(0, 1), end: "\n" },
  ])("$what, wherever it is in the file, and no other is", async ({ passwords, end }) => {
    for (const last of ["", end]) {
      const breached = await open(fileOf([...listOf(passwords), ...(last === "" ? [] : [""])], end));
      const missed = [];
      for (const password of passwords) if (!(await breached.has(password))) missed.push(password);
      expect(missed).toEqual([]);
      for (let index = 0; index < 500; index++) expect(await breached.has(`another password ${index}`)).toBe(false);
    }
  });

  test("without counts, in lower case, and whatever case it is typed in", async () => {
    const breached = await open(fileOf(many.map((password) => sha1(password).toLowerCase()).sort(), "\n"));
    expect(await breached.has("Leaked PASSWORD 77")).toBe(true);
    expect(await breached.has("Leaked PASSWORD 77777")).toBe(false);
  });
});

test.each([
  { what: "no file", path: () => "/no/such/file" },
  { what: "a folder", path: () => temporaryFolder() },
  { what: "an empty file", path: () => fileOf([]) },
  { what: "passwords as they are", path: () => fileOf(many) },
  { what: "hashes in the order of how often they were seen", path: () => fileOf(many.map(sha1)) },
  { what: "hashes of another kind", path: () => fileOf(many.map((text) => sha1(text).slice(0, 32)).sort()) },
])("$what is refused at start, and is not an empty list", async ({ path }) => {
  await expect(BreachedPasswords.open(path())).rejects.toMatchObject({ code: "invalid_configuration" });
});

describe("a new password", () => {
  test("that leaked is refused as too common, and another is not", async () => {
    const check = await NewPasswordCheck.open(fileOf(listOf([...many, goodPassword])));
    onTestFinished(() => check.close());
    expect(await check.check(goodPassword, owner)).toEqual(["too_common"]);
    expect(await check.check(otherPassword, owner)).toEqual([]);
    expect(await check.check("short", owner)).toEqual(["too_short"]);
  });

  test("is not taken when the file cannot be searched any more", async () => {
    const path = fileOf(listOf(many));
    const check = await NewPasswordCheck.open(path);
    onTestFinished(() => check.close());
    truncateSync(path, 0);
    await expect(check.check(goodPassword, owner)).rejects.toMatchObject({ code: "breached_passwords_unreadable" });
  });
});

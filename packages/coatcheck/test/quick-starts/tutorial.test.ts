import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";
import { CompiledPrograms } from "./support/compiled-programs.ts";
import { codeIn, documentOf, joined, namedFilesIn } from "./support/documented-code.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const ada = { email: "ada@example.com", password: "counting engines" };

const page = documentOf("docs/tutorial.md");
const files = namedFilesIn(page);
const LINE_OF_AUTH = /^export const auth = .*$/m;
let programs: CompiledPrograms;

/** The server with the line that keeps sessions in a file, in place of the one that does not. */
function serverWithStore(): string {
  const [, code = ""] =
    codeIn(page)
      .map((block) => /^\/\/ in place of [^\n]*\n(.*)$/s.exec(block))
      .find(Boolean) ?? [];
  const [line = ""] = LINE_OF_AUTH.exec(code) ?? [];
  return joined([code.replace(line, ""), (files["server.ts"] ?? "").replace(LINE_OF_AUTH, () => line)]);
}

beforeAll(async () => {
  programs = await CompiledPrograms.create({ kept: { ...files, "server.ts": serverWithStore() }, inMemory: files });
}, 60_000);

afterAll(() => {
  programs?.dispose();
});

test("the tutorial has users, a server, a store, and a test", () => {
  expect(Object.keys(files)).toEqual(["users.ts", "server.ts", "store.ts", "devices.test.ts"]);
});

test("its application has visitors sign in, come back to their page, sign a device out, and stay through a restart", async () => {
  const url = await programs.start("kept", "server.js");
  const submit = (browser: Browser, address: string, fields: Readonly<Record<string, string>> = {}) =>
    browser.send("POST", address, { ...FORM, origin: url }, new URLSearchParams(fields).toString());
  const opening = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none" };
  const open = (browser: Browser, address: string) => browser.send("GET", address, opening);

  const [laptop, phone] = [new Browser(url), new Browser(url)];
  const turnedAway = await open(laptop, "/devices");
  const form = turnedAway.headers.get("location") ?? "";
  expect([turnedAway.status, form]).toEqual([303, "/login?next=%2Fdevices"]);
  expect(await (await open(laptop, form)).text()).toContain('type="password"');

  for (const wrong of [
    { ...ada, password: "wrong" },
    { ...ada, email: "no-one@example.com" },
  ]) {
    const answer = await submit(laptop, form, wrong);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("Email and password do not match.");
  }
  const signedIn = await submit(laptop, form, ada);
  expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/devices"]);
  expect((await submit(phone, "/login", { ...ada, remember: "yes" })).headers.get("location")).toBe("/");
  expect(await (await open(laptop, "/")).text()).toContain("Ada Lovelace");

  const devices = await (await open(laptop, "/devices")).text();
  expect(devices.match(/<li>/g)).toHaveLength(2);
  const [signOut = "", ...others] = [...devices.matchAll(/action="(\/devices\/[^"]+\/sign-out)"/g)].map(
    ([, action = ""]) => action,
  );
  expect(others).toEqual([]);
  expect((await submit(laptop, signOut)).headers.get("location")).toBe("/devices");
  expect((await open(phone, "/devices")).headers.get("location")).toBe("/login?next=%2Fdevices");

  const evil = { ...FORM, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await laptop.send("POST", "/logout", evil)).status).toBe(403);
  await programs.stop("kept");
  await programs.start("kept", "server.js");
  expect((await open(laptop, "/devices")).status).toBe(200);
  expect((await submit(laptop, "/logout")).headers.get("location")).toBe("/login");
  expect((await open(laptop, "/devices")).status).toBe(303);
}, 120_000);

test("its test passes", () => {
  expect(programs.test("inMemory", "devices.test.js")).toMatch(/pass 1\n/);
});

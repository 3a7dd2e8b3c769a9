import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";
import { CompiledPrograms } from "./support/compiled-programs.ts";
import { documentOf, namedFilesIn } from "./support/documented-code.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const ada = { email: "ada@example.com", password: "counting engines" };

const files = namedFilesIn(documentOf("docs/tutorial.md"));
let programs: CompiledPrograms;

beforeAll(async () => {
  programs = await CompiledPrograms.create({ site: files, tested: files });
}, 60_000);

afterAll(() => {
  programs?.dispose();
});

test("the tutorial has users, a server, and a test of it", () => {
  expect(Object.keys(files)).toEqual(["users.ts", "server.ts", "devices.test.ts"]);
});

test("its application has visitors sign in, come back to their page, sign a device out, and stay through a restart", async () => {
  const url = await programs.start("site", "server.js");
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
  await programs.stop("site");
  await programs.start("site", "server.js");
  expect((await open(laptop, "/devices")).status).toBe(200);
  expect((await submit(laptop, "/logout")).headers.get("location")).toBe("/login");
  expect((await open(laptop, "/devices")).status).toBe(303);
});

test("its test passes", () => {
  expect(programs.test("tested", "devices.test.js")).toMatch(/pass 1\n/);
});

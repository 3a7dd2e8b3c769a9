import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";
import { CompiledPrograms } from "./support/compiled-programs.ts";
import { codeIn, documentOf } from "./support/documented-code.ts";

const MAXIMUM_LINES = 110;

const page = documentOf("README.md");
const users = readFileSync(path.join(import.meta.dirname, "support/users.ts"), "utf8");
let programs: CompiledPrograms;

beforeAll(async () => {
  programs = await CompiledPrograms.create({ front: { "app.ts": codeIn(page)[0] ?? "", "users.ts": users } });
}, 60_000);

afterAll(() => {
  programs?.dispose();
});

test("the front page is short, and has one program", () => {
  expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(MAXIMUM_LINES);
  expect(codeIn(page)).toHaveLength(1);
});

test("its program logs in, guards and logs out, and a copied cookie ends with its session", async () => {
  const url = await programs.start("front", "app.js");
  const browser = new Browser(url);
  const logIn = (email: string, password: string) =>
    browser.send("POST", "/login", { "content-type": "application/json", origin: url }, { email, password });

  expect((await browser.send("GET", "/me")).status).toBe(401);
  const refused = [await logIn("ada@example.com", "wrong"), await logIn("no-one@example.com", "password of 1")];
  for (const answer of refused) {
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "invalid_credentials" });
  }
  expect((await logIn("ada@example.com", "password of 1")).status).toBe(200);
  expect(await (await browser.send("GET", "/me")).json()).toEqual({ id: "1", email: "ada@example.com" });

  const copy = browser.cookie;
  expect((await browser.send("POST", "/logout", { origin: url })).status).toBe(204);
  browser.cookie = copy;
  expect((await browser.send("GET", "/me")).status).toBe(401);
});

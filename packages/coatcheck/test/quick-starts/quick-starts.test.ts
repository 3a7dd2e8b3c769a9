import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";
import { CompiledPrograms, type Program } from "./support/compiled-programs.ts";
import { codeIn, documentOf, joined, sectionOf } from "./support/documented-code.ts";

/** Of code, from the first import on. */
const MAXIMUM_LINES = { Express: 22, others: 16 };

/** What Next.js, Bun or Deno are to the program of the fetch adapter. */
const serveHandle = `import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { handle } from "./app.js";

createServer(getRequestListener(handle)).listen(3000);
`;

const document = documentOf("packages/coatcheck/README.md");
const [expressProgram = "", forExpress4 = ""] = codeIn(sectionOf(document, "## Quick start"));
const otherFrameworks = sectionOf(document, "## Other frameworks");
const [sharedLogin = ""] = codeIn(otherFrameworks);
const users = readFileSync(path.join(import.meta.dirname, "support/users.ts"), "utf8");

interface QuickStart {
  readonly name: string;
  readonly title: string;
  readonly code: string;
}

/** The code below each heading, as it stands there. */
const quickStarts: readonly QuickStart[] = [
  { name: "express", title: "Express", code: expressProgram },
  ...[...otherFrameworks.matchAll(/^### ([^\n]+)\n\n```ts\n(.*?)^```$/gms)].map(([, title = "", code = ""], index) => ({
    name: `other-${index}`,
    title,
    code,
  })),
];

function programOf(code: string): Program {
  const files = { "app.ts": code, "users.ts": joined([users, sharedLogin]) };
  return code.includes("export const handle") ? { ...files, "serve-handle.ts": serveHandle } : files;
}

let programs: CompiledPrograms;

beforeAll(async () => {
  const asDocumented = Object.fromEntries(quickStarts.map(({ name, code }) => [name, programOf(code)]));
  const login = /^app\.post\("\/login".*?^\}\);\n/ms;
  expect(expressProgram).toMatch(login);
  programs = await CompiledPrograms.create({
    ...asDocumented,
    "express-4": programOf(expressProgram.replace(login, () => forExpress4)),
  });
}, 60_000);

afterAll(() => {
  programs?.dispose();
});

function start(name: string, code: string): Promise<string> {
  return programs.start(name, code.includes("export const handle") ? "serve-handle.js" : "app.js");
}

test("there is one for each adapter, and all are short", () => {
  expect(quickStarts).toHaveLength(5);
  for (const { title, code } of quickStarts) {
    const lines = code.split("\n").filter((line) => line.trim() !== "");
    expect(lines.length).toBeLessThanOrEqual(title === "Express" ? MAXIMUM_LINES.Express : MAXIMUM_LINES.others);
  }
});

for (const { name, title, code } of quickStarts) {
  describe(title, () => {
    test("logs in, guards, lists and revokes devices, logs out, refuses other origins", async () => {
      const url = await start(name, code);
      const [laptop, phone] = [new Browser(url), new Browser(url)];
      const logIn = (browser: Browser, password = "password of 1") =>
        browser.send("POST", "/login", { "content-type": "application/json" }, { email: "ada@example.com", password });

      expect((await laptop.send("GET", "/me")).status).toBe(401);
      expect((await logIn(laptop, "wrong")).status).toBe(401);
      expect(laptop.cookie).toBeNull();
      for (const browser of [laptop, phone]) expect((await logIn(browser)).status).toBe(200);
      expect(await (await laptop.send("GET", "/me")).json()).toEqual({ id: "1", email: "ada@example.com" });

      const devices = (await (await laptop.send("GET", "/devices")).json()) as { id: string; current: boolean }[];
      expect(devices).toHaveLength(2);
      const other = devices.find(({ current }) => !current)?.id ?? "";
      const revoked = code.includes("POST /revoke")
        ? await laptop.send("POST", "/revoke", { "content-type": "text/plain" }, other)
        : await laptop.send("DELETE", `/devices/${other}`);
      expect(revoked.ok).toBe(true);
      expect((await phone.send("GET", "/me")).status).toBe(401);

      const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      expect((await laptop.send("POST", "/logout", evil)).status).toBe(403);
      expect((await laptop.send("GET", "/me")).status).toBe(200);

      const copy = laptop.cookie;
      expect((await laptop.send("POST", "/logout")).ok).toBe(true);
      expect(laptop.cookie).toBeNull();
      laptop.cookie = copy;
      expect((await laptop.send("GET", "/me")).status).toBe(401);
    });
  });
}

test("on Express 4, with the login that is shown for it, answers 503 while the store is down, and goes on", async () => {
  const isDown = "() => Promise.reject(Object.assign(new Error('down'), { statusCode: 503 }))";
  const store = `Object.assign(new MemorySessionStore(), { readFence: ${isDown} })`;
  programs.change("express-4", {
    from: "app.js",
    to: "without-store.js",
    change: (text) => {
      const changed = text
        .replace('from "express"', 'from "express4"')
        .replace("findUser })", `findUser, store: ${store} })`);
      expect(changed).toContain("express4");
      expect(changed).toContain("down");
      return `import { MemorySessionStore } from "coatcheck/stores/memory";\n${changed}`;
    },
  });
  const browser = new Browser(await programs.start("express-4", "without-store.js"));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const credentials = { email: "ada@example.com", password: "password of 1" };
    const answer = await browser.send("POST", "/login", { "content-type": "application/json" }, credentials);
    expect(answer.status).toBe(503);
  }
  expect((await browser.send("GET", "/me")).status).toBe(401);
});

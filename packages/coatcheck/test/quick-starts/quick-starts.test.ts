import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";
import { CompiledPrograms, type Program } from "./support/compiled-programs.ts";
import { codeIn, documentOf, joined, sectionOf } from "./support/documented-code.ts";

/** Of code, from the first import to the line that listens. */
const MAXIMUM_LINES = 16;

/** What Next.js, Bun or Deno are to the program of the fetch adapter. */
const serveHandle = `import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { handle } from "./app.js";

createServer(getRequestListener(handle)).listen(3000);
`;

const readme = documentOf("packages/coatcheck/README.md");
const [expressProgram = "", expressDevices = "", forExpress4 = ""] = codeIn(sectionOf(readme, "## Quick start"));
const otherFrameworks = sectionOf(readme, "## Other frameworks");
const [sharedLogin = ""] = codeIn(otherFrameworks);
const supportFile = (name: string) => readFileSync(path.join(import.meta.dirname, "support", name), "utf8");
const users = supportFile("users.ts");
const twoDaysLater = supportFile("two-days-later.ts");

interface QuickStart {
  readonly name: string;
  readonly title: string;
  /** A whole application, as it stands in the README. */
  readonly code: string;
  /** The routes that the text below it and docs/frameworks.md add to it. */
  readonly more: string;
}

const quickStarts: readonly QuickStart[] = (() => {
  const below = /^### ([^\n]+)\n\n```ts\n(.*?)^```$/gms;
  const others = [...otherFrameworks.matchAll(below)].map(([, title = "", code = ""]) => ({ title, code }));
  const pieces = codeIn(documentOf("docs/frameworks.md"));
  return [{ title: "Express", code: expressProgram }, ...others].map((start, index) => ({
    ...start,
    name: `program-${index}`,
    more: (index === 0 ? expressDevices : "") + (pieces[index] ?? ""),
  }));
})();

/** Both, with the second in front of the line that listens; and the test's own way to what a ban would revoke. */
function wholeProgram({ code, more }: Pick<QuickStart, "code" | "more">): Program {
  const listens = /^(?=app\.listen|await app\.listen|serve\(|createServer\(|export const handle)/m;
  const [before = "", last = ""] = code.split(listens);
  const imports = `import { passwordMatches } from "./users.js";`;
  const isImported = /import .*passwordMatches/.test(before);
  const lines = [
    isImported ? "" : imports,
    before,
    more,
    "Object.assign(globalThis, { sessions: auth.sessions });",
    last,
  ];
  const files = {
    "app.ts": joined(lines),
    "as-it-stands.ts": code,
    "users.ts": joined([users, sharedLogin]),
    "two-days-later.ts": twoDaysLater,
  };
  return isHandler(code) ? { ...files, "serve-handle.ts": serveHandle } : files;
}

function isHandler(code: string): boolean {
  return code.includes("export const handle");
}

let programs: CompiledPrograms;

beforeAll(async () => {
  const login = /^app\.post\("\/login".*?^\}\);\n/ms;
  expect(expressProgram).toMatch(login);
  const onExpress4 = { code: expressProgram.replace(login, () => forExpress4), more: "" };
  programs = await CompiledPrograms.create({
    ...Object.fromEntries(quickStarts.map((start) => [start.name, wholeProgram(start)])),
    "express-4": wholeProgram(onExpress4),
  });
}, 60_000);

afterAll(() => {
  programs?.dispose();
});

test("there is one for each framework, and all are short", () => {
  expect(quickStarts).toHaveLength(5);
  for (const { title, code, more } of quickStarts) {
    const lines = code.split("\n").filter((line) => line.trim() !== "");
    expect(lines.length, title).toBeLessThanOrEqual(MAXIMUM_LINES);
    expect(more).not.toBe("");
    expect(code).not.toMatch(/removeExpired|setInterval|setTimeout/);
  }
});

const json = { "content-type": "application/json" };
const logIn = (browser: Browser, password = "password of 1", email = "ada@example.com") =>
  browser.send("POST", "/login", json, { email, password });
const statusOf = async (response: Promise<Response>) => (await response).status;
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

for (const { name, title, code } of quickStarts) {
  describe(title, () => {
    let url: string;
    beforeAll(async () => {
      url = await programs.start(name, isHandler(code) ? "serve-handle.js" : "app.js", ["./two-days-later.js"]);
    });

    test("logs in, and refuses a wrong password and an unknown user alike", async () => {
      const laptop = new Browser(url);
      expect(await codeOf(await laptop.send("GET", "/me"))).toEqual([401, "unauthenticated"]);
      for (const refused of [await logIn(laptop, "wrong"), await logIn(laptop, "password of 1", "eve@example.com")]) {
        expect(await codeOf(refused)).toEqual([401, "invalid_credentials"]);
      }
      expect(laptop.cookie).toBeNull();
      expect(await statusOf(logIn(laptop))).toBe(200);
      expect(await (await laptop.send("GET", "/me")).json()).toEqual({ id: "1", email: "ada@example.com" });
    });

    test("lists devices, ends one, asks for the password again, and ends all others", async () => {
      const [laptop, phone, tablet] = [new Browser(url), new Browser(url), new Browser(url)];
      for (const browser of [laptop, phone, tablet]) await logIn(browser, "password of 2", "grace@example.com");
      const devices = (await (await laptop.send("GET", "/devices")).json()) as { id: string; current: boolean }[];
      expect(devices).toHaveLength(3);
      expect(devices.filter(({ current }) => current)).toHaveLength(1);

      const wrong = await laptop.send("POST", "/confirm", json, { password: "wrong" });
      expect(await codeOf(wrong)).toEqual([403, "invalid_credentials"]);
      const before = laptop.cookie;
      expect(await statusOf(laptop.send("POST", "/confirm", json, { password: "password of 2" }))).toBe(200);
      expect(laptop.cookie).not.toBe(before);

      const other = devices.find(({ current }) => !current)?.id ?? "";
      const revoked = code.includes("POST /revoke")
        ? await laptop.send("POST", "/revoke", { "content-type": "text/plain" }, other)
        : await laptop.send("DELETE", `/devices/${other}`);
      expect([revoked.status, await revoked.json()]).toEqual([200, true]);
      const left = await Promise.all([phone, tablet].map((browser) => statusOf(browser.send("GET", "/me"))));
      expect(left.sort()).toEqual([200, 401]);
      expect(await (await laptop.send("DELETE", "/devices")).json()).toBe(1);
      for (const browser of [phone, tablet]) expect(await statusOf(browser.send("GET", "/me"))).toBe(401);
      expect(await statusOf(laptop.send("GET", "/me"))).toBe(200);
    });

    test("refuses what a page of another origin sends", async () => {
      const laptop = new Browser(url);
      await logIn(laptop);
      const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      expect(await statusOf(laptop.send("POST", "/logout", evil))).toBe(403);
      expect(await statusOf(laptop.send("GET", "/me"))).toBe(200);
    });

    test("logs out, and a copied cookie is dead", async () => {
      const laptop = new Browser(url);
      await logIn(laptop);
      const copy = laptop.cookie;
      expect((await laptop.send("POST", "/logout")).ok).toBe(true);
      expect(laptop.cookie).toBeNull();
      laptop.cookie = copy;
      expect(await statusOf(laptop.send("GET", "/me"))).toBe(401);
    });

    test("survives one revoke-all during the check of the password, and answers 503 to a second", async () => {
      const laptop = new Browser(url);
      expect(await statusOf(logIn(laptop, "1 times revoked: password of 1"))).toBe(200);
      expect(await statusOf(laptop.send("GET", "/me"))).toBe(200);
      const refused = await logIn(new Browser(url), "2 times revoked: password of 1");
      expect(await codeOf(refused)).toEqual([503, "login_overtaken"]);
    });

    test("removes expired sessions by itself, with no code of the application and no request", async () => {
      const laptop = new Browser(url);
      await logIn(laptop);
      expect(programs.written(name, "removed.txt")).toBe("");
      programs.signal(name, "SIGUSR2");
      await vi.waitFor(() => expect(programs.written(name, "removed.txt")).toMatch(/^(expired\n)+$/), {
        timeout: 10_000,
      });
      expect(await statusOf(laptop.send("GET", "/me"))).toBe(401);
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
      for (const each of ["express4", "down", '/login", auth.handle']) expect(changed).toContain(each);
      return `import { MemorySessionStore } from "coatcheck/stores/memory";\n${changed}`;
    },
  });
  const browser = new Browser(await programs.start("express-4", "without-store.js"));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const credentials = { email: "ada@example.com", password: "password of 1" };
    expect(await statusOf(browser.send("POST", "/login", json, credentials))).toBe(503);
  }
  expect(await statusOf(browser.send("GET", "/me"))).toBe(401);
});

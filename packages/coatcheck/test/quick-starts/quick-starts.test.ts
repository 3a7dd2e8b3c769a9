import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";

const packageFolder = path.resolve(import.meta.dirname, "../..");
const MAXIMUM_LINES = 25;

/** What Next.js, Bun or Deno are to the quick start of the fetch adapter. */
const serveHandle = `import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { handle } from "./app.js";

createServer(getRequestListener(handle)).listen(process.env.PORT);
`;

interface QuickStart {
  readonly title: string;
  readonly code: string;
}

/** The code below each heading of the README's section of quick starts, as it stands there. */
const quickStarts: readonly QuickStart[] = (() => {
  const readme = readFileSync(path.join(packageFolder, "README.md"), "utf8");
  const [, section = ""] = /^## Quick starts$(.*?)^## /ms.exec(readme) ?? [];
  return [...section.matchAll(/^### ([^\n]+)\n\n```ts\n(.*?)^```$/gms)].map(([, title = "", code = ""]) => ({
    title,
    code,
  }));
})();

let folder: string;
const processes: ChildProcess[] = [];

// Inside the package, where Node finds "coatcheck" and the frameworks. Compiled as a user's project would be: strictly.
beforeAll(() => {
  folder = mkdtempSync(path.join(packageFolder, "test/quick-starts/.compiled-"));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noImplicitReturns: true },
    ...{ module: "nodenext", target: "es2022", skipLibCheck: true, types: ["node"] },
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*/*.ts"] }));
  for (const [index, { code }] of quickStarts.entries()) {
    const own = path.join(folder, String(index));
    mkdirSync(own);
    writeFileSync(path.join(own, "app.ts"), code);
    copyFileSync(path.join(import.meta.dirname, "support/users.ts"), path.join(own, "users.ts"));
    if (!code.includes("export const handle")) continue;
    writeFileSync(path.join(own, "serve-handle.ts"), serveHandle);
  }
  const compiler = path.join(packageFolder, "../../node_modules/.bin/tsc");
  const { status, stdout } = spawnSync(compiler, ["-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
}, 60_000);

afterAll(() => {
  for (const each of processes) each.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  index: number,
  script = quickStarts[index]?.code.includes("export const handle") ? "serve-handle.js" : "app.js",
): Promise<string> {
  const port = await freePort();
  const started = spawn(process.execPath, [path.join(folder, String(index), script)], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  processes.push(started);
  const url = `http://localhost:${port}`;
  for (;;) {
    if (started.exitCode !== null) throw new Error(`The quick start ended with ${started.exitCode}.`);
    const answers = await new Browser(url).send("GET", "/me").then(
      () => true,
      () => false,
    );
    if (answers) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("there is one for each adapter, in at most 25 lines", () => {
  expect(quickStarts).toHaveLength(5);
  for (const { code } of quickStarts) expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(MAXIMUM_LINES);
});

for (const [index, { title, code }] of quickStarts.entries()) {
  describe(title, () => {
    test("logs in, guards, lists and revokes devices, logs out, refuses other origins", async () => {
      const url = await start(index);
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

test("the one for Express answers 503 on Express 4 while the store is down, and goes on", async () => {
  const index = quickStarts.findIndex(({ title }) => title === "Express");
  const compiled = readFileSync(path.join(folder, String(index), "app.js"), "utf8");
  const isDown = "() => Promise.reject(Object.assign(new Error('down'), { statusCode: 503 }))";
  const changed = compiled
    .replace('from "express"', 'from "express4"')
    .replace("new MemorySessionStore()", `Object.assign(new MemorySessionStore(), { readFence: ${isDown} })`);
  expect(changed).toContain("express4");
  expect(changed).toContain("down");
  writeFileSync(path.join(folder, String(index), "app-on-express-4.js"), changed);
  const browser = new Browser(await start(index, "app-on-express-4.js"));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const credentials = { email: "ada@example.com", password: "password of 1" };
    const answer = await browser.send("POST", "/login", { "content-type": "application/json" }, credentials);
    expect(answer.status).toBe(503);
  }
  expect((await browser.send("GET", "/me")).status).toBe(401);
});

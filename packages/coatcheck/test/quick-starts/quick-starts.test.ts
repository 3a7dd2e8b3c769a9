import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";

const packageFolder = path.resolve(import.meta.dirname, "../..");
/** From the first import to the line that listens, or that hands requests to the framework. */
const MAXIMUM_LINES = 16;

/** What Next.js, Bun or Deno are to the quick start of the fetch adapter. */
const serveHandle = `import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { handle } from "./app.js";

const answer = async (request: Request) => (await handle(request)) ?? new Response(null, { status: 404 });
createServer(getRequestListener(answer)).listen(process.env.PORT);
`;

interface QuickStart {
  readonly title: string;
  /** A whole application. */
  readonly code: string;
  /** What the README adds to it: the routes of devices and of step-up. */
  readonly more: string;
}

/** The code below each heading of the README's section of quick starts, as it stands there. */
const quickStarts: readonly QuickStart[] = (() => {
  const readme = readFileSync(path.join(packageFolder, "README.md"), "utf8");
  const [, section = ""] = /^## Quick starts$(.*?)^## /ms.exec(readme) ?? [];
  const programs = /^### ([^\n]+)\n\n```ts\n(.*?)^```$\n\nDevices and step-up:\n\n```ts\n(.*?)^```$/gms;
  return [...section.matchAll(programs)].map(([, title = "", code = "", more = ""]) => ({ title, code, more }));
})();

/** Both, with the second in front of the line that listens; and the test's own way to what a ban would revoke. */
function wholeProgram({ code, more }: QuickStart): string {
  const lines = code.trimEnd().split("\n");
  const last = lines.pop() ?? "";
  return [...lines, more, "Object.assign(globalThis, { sessions: auth.sessions });", last, ""].join("\n");
}

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
  for (const [index, quickStart] of quickStarts.entries()) {
    const { code } = quickStart;
    const own = path.join(folder, String(index));
    mkdirSync(own);
    writeFileSync(path.join(own, "app.ts"), wholeProgram(quickStart));
    writeFileSync(path.join(own, "as-it-stands.ts"), code);
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

test("there is one for each framework, in at most 16 lines", () => {
  expect(quickStarts).toHaveLength(5);
  for (const { code } of quickStarts) expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(MAXIMUM_LINES);
});

const json = { "content-type": "application/json" };
const logIn = (browser: Browser, password = "password of 1", email = "ada@example.com") =>
  browser.send("POST", "/login", json, { email, password });
const statusOf = async (response: Promise<Response>) => (await response).status;
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

for (const [index, { title, more }] of quickStarts.entries()) {
  describe(title, () => {
    let url: string;
    beforeAll(async () => {
      url = await start(index);
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

    test("lists devices, asks for the password where it is long ago, ends one and all others", async () => {
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
      const revoked = more.includes("POST /revoke")
        ? await laptop.send("POST", "/revoke", json, JSON.stringify(other))
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
  });
}

test("the one for Express answers 503 on Express 4 while the store is down, and goes on", async () => {
  const index = quickStarts.findIndex(({ title }) => title === "Express");
  const compiled = readFileSync(path.join(folder, String(index), "app.js"), "utf8");
  const isDown = "() => Promise.reject(Object.assign(new Error('down'), { statusCode: 503 }))";
  const changed = compiled
    .replace('from "express"', 'from "express4"')
    .replace("findUser })", `findUser, store: Object.assign(new MemorySessionStore(), { readFence: ${isDown} }) })`)
    // As the README says of Express 4.
    .replaceAll(/app\.post\("(\/log\w+)", (async .*?)\);$(?=\napp\.)/gms, 'app.post("$1", auth.handle($2));')
    .concat('import { MemorySessionStore } from "coatcheck/stores/memory";\n');
  for (const each of ["express4", "down", '/login", auth.handle', '/logout", auth.handle'])
    expect(changed).toContain(each);
  writeFileSync(path.join(folder, String(index), "app-on-express-4.js"), changed);
  const browser = new Browser(await start(index, "app-on-express-4.js"));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const credentials = { email: "ada@example.com", password: "password of 1" };
    const answer = await browser.send("POST", "/login", { "content-type": "application/json" }, credentials);
    expect(answer.status).toBe(503);
  }
  expect((await browser.send("GET", "/me")).status).toBe(401);
});

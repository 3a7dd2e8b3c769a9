import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "./support/browser.ts";

const program = path.resolve(import.meta.dirname, "../dist/main.js");
const processes: ChildProcess[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "coatcheck-"));
});

afterAll(() => {
  for (const each of processes) each.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Port 0: the application takes a free one, and prints its URL when it listens. */
async function run(name: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const started = spawn(process.execPath, [program, ...name.split(" ")], {
    env: { ...process.env, PORT: "0", COATCHECK_DATA: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  processes.push(started);
  const [line] = await Promise.race([
    once(started.stdout, "data"),
    once(started, "exit").then(() => Promise.reject(new Error(`"${name}" ended.`))),
  ]);
  return { url: String(line).trim(), process: started };
}

async function end({ process: started }: { readonly process: ChildProcess }): Promise<void> {
  const ended = once(started, "exit");
  started.kill();
  expect(await ended).toEqual([0, null]);
}

const credentials = { email: "ada@example.com", password: "counting analytical engines" };

describe.each([
  ["express-session before", "/login"],
  ["express-session after", "/login"],
  ["jwt-in-local-storage before", "/auth/login"],
  ["jwt-in-local-storage after", "/auth/login"],
])("%s", (name, login) => {
  test("starts, logs its user in, and ends when it is told to", async () => {
    const running = await run(name);
    expect((await new Browser(running.url).post(login, credentials)).status).toBe(200);
    await end(running);
  });
});

test("better-auth before, then after: over one file", async () => {
  const before = await run("better-auth before");
  const signUp = { ...credentials, name: "Ada" };
  expect((await new Browser(before.url).post("/api/auth/sign-up/email", signUp)).status).toBe(200);
  await end(before);
  const after = await run("better-auth after");
  expect((await new Browser(after.url).post("/auth/login", credentials)).status).toBe(200);
  await end(after);
});

test("anything else is told what there is", () => {
  const { status, stderr } = spawnSync(process.execPath, [program, "sessions"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, expect.stringContaining("jwt-in-local-storage after")]);
});

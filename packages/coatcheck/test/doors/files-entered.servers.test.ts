import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

/**
 * An application, and one request of a user who is logged in. Its process counts by V8's coverage which functions run for
 * that, after one such request that warmed everything up.
 */
const APPLICATION = `
import { Session } from "node:inspector/promises";
import { coatcheck } from "coatcheck/express";
import express from "express";

const auth = coatcheck({ origin: "http://localhost:3000", findUser: (id) => ({ id }) });
const app = express().use(auth.middleware);
app.post("/login", async (req, res) => {
  await auth.login(req, "1", () => true);
  res.sendStatus(204);
});
app.get("/me", auth.required((_req, res, { user }) => res.json(user)));
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const url = \`http://127.0.0.1:\${server.address().port}\`;
const login = await fetch(url + "/login", { method: "POST" });
const cookie = login.headers.getSetCookie()[0].split(";")[0];
const me = async () => (await fetch(url + "/me", { headers: { cookie } })).json();
await me();
const inspector = new Session();
inspector.connect();
await inspector.post("Profiler.enable");
await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
await inspector.post("Profiler.takePreciseCoverage");
const user = await me();
const { result } = await inspector.post("Profiler.takePreciseCoverage");
const entered = result
  .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
  .map((script) => script.url)
  .filter((script) => /\\/packages\\/coatcheck\\/(?:src|dist)\\//.test(script));
process.stdout.write(JSON.stringify({ user, entered }));
process.exit();
`;

/** Of ours, for GET /me in Express over the store in memory. To add one is to make every request longer to read. */
const MAXIMUM_FILES = 25;

test("GET /me enters few files", () => {
  // Inside the package, where Node finds "coatcheck" and Express.
  const folder = mkdtempSync(path.join(import.meta.dirname, ".counted-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "application.mjs"), APPLICATION);
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(folder, "application.mjs")], { encoding: "utf8" });
  expect(stderr).toBe("");
  const { user, entered } = JSON.parse(stdout) as { user: object; entered: readonly string[] };
  expect(user).toEqual({ id: "1" });
  const names = entered.map((file) => file.replace(/.*\/coatcheck\/(?:src|dist)\//, "")).sort();
  expect(names).toContain("http/auth-session.js");
  expect(names.length, names.join(", ")).toBeLessThanOrEqual(MAXIMUM_FILES);
});

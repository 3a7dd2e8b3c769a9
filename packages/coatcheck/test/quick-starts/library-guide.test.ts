import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser } from "../adapters/contract/browser.ts";
import { CompiledPrograms } from "./support/compiled-programs.ts";
import { codeIn, documentOf, joined, sectionOf } from "./support/documented-code.ts";

// The guide's lines, added to the program of the quick start, as the guide says.

const [quickStart = ""] = codeIn(sectionOf(documentOf("packages/coatcheck/README.md"), "## Quick start"));
const lines = codeIn(documentOf("docs/library.md"));
const users = readFileSync(path.join(import.meta.dirname, "support/users.ts"), "utf8");
const yours = `import { changePassword, consumeCode, deleteUser, findUserByApiKey, isBanned } from "./users.js";`;

const PASSWORD = "password of 1";
let programs: CompiledPrograms;
let url: string;

beforeAll(async () => {
  const [before = "", listen = ""] = quickStart.split(/^(?=app\.listen)/m);
  expect(listen).toContain("3000");
  programs = await CompiledPrograms.create({
    guide: { "app.ts": joined([yours, before, ...lines, listen]), "users.ts": users },
  });
  url = await programs.start("guide", "app.js");
}, 90_000);

afterAll(() => {
  programs?.dispose();
});

async function loggedIn(credentials: object = { email: "ada@example.com", password: PASSWORD }): Promise<Browser> {
  const browser = new Browser(url);
  expect((await send(browser, "POST", "/login", credentials)).status).toBe(200);
  return browser;
}

function send(browser: Browser, method: string, address: string, body: object = {}): Promise<Response> {
  if (method === "GET") return browser.send(method, address);
  return browser.send(method, address, { "content-type": "application/json", origin: url }, body);
}

async function statusOf(browser: Browser, method: string, address: string, body: object = {}): Promise<number> {
  return (await send(browser, method, address, body)).status;
}

async function jsonOf(browser: Browser, method: string, address: string, body: object = {}): Promise<unknown> {
  return (await send(browser, method, address, body)).json();
}

test("protects routes and routers, and knows who visits a public page", async () => {
  const [visitor, ada] = [new Browser(url), await loggedIn()];
  for (const address of ["/account", "/admin/report", "/devices/all", "/keys"]) {
    expect(await statusOf(visitor, address === "/keys" ? "POST" : "GET", address)).toBe(401);
  }
  const opening = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none" };
  const turnedAway = await visitor.send("GET", "/admin/report", opening);
  expect(turnedAway.headers.get("location")).toBe("/admin/login?next=%2Fadmin%2Freport");
  expect(await jsonOf(ada, "GET", "/account")).toMatchObject({ user: { id: "1" }, since: expect.any(Number) });
  expect(await jsonOf(ada, "GET", "/admin/report")).toEqual({ for: "1" });
  expect(await jsonOf(visitor, "GET", "/greeting")).toEqual({ hello: "stranger" });
  expect(await jsonOf(ada, "GET", "/greeting")).toEqual({ hello: "ada@example.com" });
});

test("asks for the password again where a login is not fresh, and believes the right one", async () => {
  const browser = new Browser(url);
  const byMail = { userId: "1", code: "246810" };
  expect(await statusOf(browser, "POST", "/mail-login", { ...byMail, code: "000000" })).toBe(401);
  expect(await statusOf(browser, "POST", "/mail-login", byMail)).toBe(200);
  expect(await statusOf(new Browser(url), "POST", "/mail-login", byMail)).toBe(401);

  expect(await jsonOf(browser, "POST", "/keys")).toMatchObject({ code: "reauthentication_required", status: 403 });
  const wrong = await send(browser, "POST", "/confirm", { password: "wrong" });
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([403, "invalid_credentials"]);
  expect(await statusOf(browser, "POST", "/confirm", { password: PASSWORD })).toBe(204);
  expect(await statusOf(browser, "POST", "/keys")).toBe(200);
});

test("asks for the password in a form, where a form is sent without a fresh login, and leads back to its page", async () => {
  const browser = new Browser(url);
  const form = {
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "same-origin",
    origin: url,
    referer: `${url}/account?tab=2`,
  };
  const submit = (address: string, fields = "") => browser.send("POST", address, form, fields);
  const visitor = await submit("/close-account");
  expect([visitor.status, visitor.headers.get("location")]).toEqual([303, "/login?next=%2Faccount%3Ftab%3D2"]);

  expect(await statusOf(browser, "POST", "/mail-login", { userId: "3", code: "135790" })).toBe(200);
  const turnedAway = await submit("/close-account");
  const view = turnedAway.headers.get("location") ?? "";
  expect([turnedAway.status, view]).toEqual([303, "/password-again?next=%2Faccount%3Ftab%3D2"]);
  expect(await (await browser.send("GET", view)).text()).toContain('type="password"');
  const wrong = await submit(view, "password=wrong");
  expect([wrong.status, await wrong.text()]).toEqual([403, expect.stringContaining('type="password"')]);
  const right = await submit(view, "password=password+of+3");
  expect([right.status, right.headers.get("location")]).toEqual([303, "/account?tab=2"]);
  const closed = await submit("/close-account");
  expect([closed.status, closed.headers.get("location")]).toEqual([303, "/"]);
  expect(await statusOf(browser, "GET", "/me")).toBe(401);
  const again = { email: "mary@example.com", password: "password of 3" };
  expect(await statusOf(browser, "POST", "/login", again)).toBe(401);
});

test("answers a part of an application without redirections, or in its own words", async () => {
  const visitor = new Browser(url);
  const opening = { "sec-fetch-mode": "navigate" };
  expect((await visitor.send("GET", "/data/x", opening)).status).toBe(401);
  const quiet = await visitor.send("GET", "/quiet", opening);
  expect([quiet.status, await quiet.text()]).toEqual([401, "Sign in first."]);
});

test("lists devices, and ends the others or all", async () => {
  const grace = { email: "grace@example.com", password: "password of 2" };
  const [here, phone, tablet] = [await loggedIn(grace), await loggedIn(grace), await loggedIn(grace)];
  expect(await jsonOf(here, "GET", "/devices/all")).toHaveLength(3);
  expect(await jsonOf(here, "POST", "/sign-out-others")).toEqual({ ended: 2 });
  for (const other of [phone, tablet]) expect(await statusOf(other, "GET", "/me")).toBe(401);
  const another = await loggedIn(grace);
  expect(await jsonOf(here, "POST", "/sign-out-everywhere")).toEqual({ ended: 2 });
  for (const browser of [here, another]) expect(await statusOf(browser, "GET", "/me")).toBe(401);
});

test("changes a password, and bans a user", async () => {
  const [here, phone] = [await loggedIn(), await loggedIn()];
  expect(await statusOf(here, "POST", "/password", { newPassword: "a new one" })).toBe(204);
  expect(await statusOf(here, "GET", "/me")).toBe(200);
  expect(await statusOf(phone, "GET", "/me")).toBe(401);
  const credentials = { email: "ada@example.com", password: "a new one" };
  const admin = await loggedIn(credentials);
  expect(await statusOf(admin, "POST", "/password", { newPassword: PASSWORD })).toBe(204);

  const grace = await loggedIn({ email: "grace@example.com", password: "password of 2" });
  expect(await statusOf(admin, "POST", "/ban/2")).toBe(204);
  expect(await statusOf(grace, "GET", "/me")).toBe(401);
});

test("knows users by API keys, and by the same sessions", async () => {
  const script = new Browser(url);
  const withKey = (key: string) => script.send("GET", "/api/things", { authorization: key });
  expect((await withKey("Bearer wrong")).status).toBe(401);
  expect(await (await withKey("Bearer key of 2")).json()).toEqual({ owner: "2", bySession: false });
  expect(await jsonOf(await loggedIn(), "GET", "/api/things")).toEqual({ owner: "1", bySession: true });
});

test("keeps data with a session", async () => {
  const browser = await loggedIn();
  expect(await jsonOf(browser, "PUT", "/cart", { cart: ["tea"] })).toEqual({ cart: ["tea"] });
});

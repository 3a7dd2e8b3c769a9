import { afterEach, describe, expect, test } from "vitest";
import { startAfter } from "../src/jwt-in-local-storage/after.ts";
import { Page as PageAfter } from "../src/jwt-in-local-storage/after-page.ts";
import { startBefore } from "../src/jwt-in-local-storage/before.ts";
import { Page as PageBefore, type TokenStorage } from "../src/jwt-in-local-storage/before-page.ts";
import { issueToken } from "../src/jwt-in-local-storage/tokens.ts";
import type { RunningApplication } from "../src/shared/running-application.ts";
import { Browser } from "./support/browser.ts";

const [email, password] = ["ada@example.com", "counting analytical engines"] as const;
const ada = { id: "1", email };
let closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

async function open(start: () => Promise<RunningApplication>): Promise<string> {
  const { url, close } = await start();
  closing.push(close);
  return url;
}

class MemoryStorage implements TokenStorage {
  readonly #items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
}

function pageAfter(url: string, browser: Browser): PageAfter {
  const page = new PageAfter(url, { fetch: browser.fetch });
  closing.push(() => page.close());
  return page;
}

async function statusFor(url: string, token: string): Promise<number> {
  return (await fetch(`${url}/notes`, { headers: { authorization: `Bearer ${token}` } })).status;
}

describe.each(["before", "after"])("the notes, %s", (when) => {
  test("the page logs in, knows who is there, reads the notes, logs out", async () => {
    const url = await open(when === "before" ? startBefore : startAfter);
    const page = when === "before" ? new PageBefore(url, new MemoryStorage()) : pageAfter(url, new Browser(url));
    expect(await page.me()).toBeNull();
    expect(await page.logIn(email, password)).toEqual(ada);
    expect(await page.me()).toEqual(ada);
    expect(await page.notes()).toEqual([`Notes of ${email}`]);
    await page.logOut();
    expect(await page.me()).toBeNull();
  });
});

describe("a copy of what the page had, after its user has logged out", () => {
  test("before: any script of the page reads the token, and it stays good", async () => {
    const url = await open(startBefore);
    const storage = new MemoryStorage();
    const page = new PageBefore(url, storage);
    await page.logIn(email, password);
    const stolen = storage.getItem("token") ?? "";
    await page.logOut();
    expect(await page.me()).toBeNull();
    expect(await statusFor(url, stolen)).toBe(200);
  });

  test("after: no script can read the cookie, and a copy of it is worth nothing", async () => {
    const url = await open(startAfter);
    const browser = new Browser(url);
    const answer = await browser.post("/auth/login", { email, password });
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining("; HttpOnly")]);
    expect(await answer.json()).toEqual(ada);
    const stolen = browser.copy();
    expect((await stolen.get("/notes")).status).toBe(200);
    await pageAfter(url, browser).logOut();
    expect((await stolen.get("/notes")).status).toBe(401);
  });
});

describe("scripts, after", () => {
  test("a key opens what a token did, until it is deleted, and makes no other key", async () => {
    const url = await open(startAfter);
    const browser = new Browser(url);
    await browser.post("/auth/login", { email, password });
    const issued = await browser.post("/api-keys");
    const { id, key } = (await issued.json()) as { id: string; key: string };
    await browser.post("/auth/logout");
    expect(await statusFor(url, key)).toBe(200);
    expect(await statusFor(url, `${key}x`)).toBe(401);
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(`${url}/api-keys`, { method: "POST", headers })).status).toBe(403);

    await browser.post("/auth/login", { email, password });
    const deletion = { method: "DELETE" };
    expect((await browser.fetch(`${url}/api-keys/${id}`, deletion)).status).toBe(204);
    expect((await browser.fetch(`${url}/api-keys/${id}`, deletion)).status).toBe(404);
    expect(await statusFor(url, key)).toBe(401);
  });

  test("a token of before is refused, unless it is said that old ones are still accepted", async () => {
    const token = issueToken(ada.id);
    expect(await statusFor(await open(startAfter), token)).toBe(401);
    const url = await open(() => startAfter({ acceptsOldTokens: true }));
    expect(await statusFor(url, token)).toBe(200);
    expect(await statusFor(url, `${token}x`)).toBe(401);
    // It begins no session, and is none: where one is needed, it does not do.
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api-keys`, { method: "POST", headers });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });
});

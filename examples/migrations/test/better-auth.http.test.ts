import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashPassword } from "better-auth/crypto";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AfterOptions, startAfter } from "../src/better-auth/after.ts";
import { type BeforeOptions, startBefore } from "../src/better-auth/before.ts";
import { type Passwords, passwords } from "../src/better-auth/passwords.ts";
import type { RunningApplication } from "../src/shared/running-application.ts";
import { Browser } from "./support/browser.ts";
import { Gate } from "./support/gate.ts";

const email = "ada@example.com";
const password = "counting analytical engines";
const newPassword = "weaving algebraic patterns";

let folder: string;
let databaseFile: string;
let running: RunningApplication | null = null;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "coatcheck-"));
  databaseFile = path.join(folder, "application.db");
});

afterEach(async () => {
  await running?.close();
  running = null;
  rmSync(folder, { recursive: true });
});

async function before(options: Partial<BeforeOptions> = {}): Promise<string> {
  await running?.close();
  running = await startBefore({ databaseFile, ...options });
  return running.url;
}

async function after(options: Partial<AfterOptions> = {}): Promise<string> {
  await running?.close();
  running = await startAfter({ databaseFile, ...options });
  return running.url;
}

async function signUp(url: string): Promise<void> {
  const answer = await new Browser(url).post("/api/auth/sign-up/email", { email, password, name: "Ada" });
  expect(answer.status).toBe(200);
}

/** The paths of the two, and what one sends along. */
const routes = {
  before: {
    login: "/api/auth/sign-in/email",
    logout: "/api/auth/sign-out",
    others: "/api/auth/revoke-other-sessions",
    change: "/api/auth/change-password",
  },
  after: {
    login: "/auth/login",
    logout: "/auth/logout",
    others: "/auth/sign-out-other-devices",
    change: "/auth/change-password",
  },
};

async function logIn(url: string, when: keyof typeof routes, given = password): Promise<Browser> {
  const browser = new Browser(url);
  expect((await browser.post(routes[when].login, { email, password: given })).status).toBe(200);
  return browser;
}

async function statusOf(browser: Browser): Promise<number> {
  return (await browser.get("/me")).status;
}

function storedHash(): unknown {
  const database = new Database(databaseFile, { readonly: true });
  const hash = database.prepare("SELECT password FROM account").pluck().get();
  database.close();
  return hash;
}

describe.each(["before", "after"] as const)("the application, %s", (when) => {
  test("users log in with the password that they have, and log out", async () => {
    await signUp(await before());
    const url = when === "before" ? await before() : await after();
    const stranger = new Browser(url);
    expect((await stranger.post(routes[when].login, { email, password: "not this one" })).status).toBe(401);
    expect((await stranger.post(routes[when].login, { email: "nobody@example.com", password })).status).toBe(401);
    expect(await statusOf(stranger)).toBe(401);

    const browser = await logIn(url, when);
    expect(await (await browser.get("/me")).json()).toEqual({ id: expect.any(String), email });
    expect((await browser.post(routes[when].logout)).ok).toBe(true);
    expect(await statusOf(browser)).toBe(401);
  });
});

describe("hashes", () => {
  test("those of better-auth are known, for the right password alone", async () => {
    for (const text of ["counting", "pâté de campagne", "①"]) {
      const hash = await hashPassword(text);
      expect(await passwords.verify({ hash, password: text })).toBe(true);
      expect(await passwords.verify({ hash, password: `${text}!` })).toBe(false);
    }
    for (const hash of ["", ":", "salt:", "salt:00"]) {
      expect(await passwords.verify({ hash, password: "" })).toBe(false);
    }
  });

  test("a login renews the hash, and better-auth takes it if one goes back", async () => {
    await signUp(await before());
    expect(storedHash()).toMatch(/^[\da-f]{32}:[\da-f]{128}$/);
    await logIn(await after(), "after");
    expect(storedHash()).toMatch(/^\$argon2id\$/);
    await logIn(await after(), "after");
    expect(await statusOf(await logIn(await before({ passwords }), "before"))).toBe(200);
  });
});

describe("signing out another device", () => {
  async function signOutTheOther(url: string, when: keyof typeof routes): Promise<Browser> {
    const [laptop, phone] = [await logIn(url, when), await logIn(url, when)];
    expect(await statusOf(phone)).toBe(200);
    expect((await laptop.post(routes[when].others)).status).toBe(200);
    expect(await statusOf(laptop)).toBe(200);
    return phone;
  }

  test("before: at once, by default, and a copy of the cookies dies at a logout", async () => {
    const url = await before();
    await signUp(url);
    expect(await statusOf(await signOutTheOther(url, "before"))).toBe(401);
    const browser = await logIn(url, "before");
    const copy = browser.copy();
    await browser.post(routes.before.logout);
    expect([await statusOf(browser), await statusOf(copy)]).toEqual([401, 401]);
  });

  test("before, with session.cookieCache: not as long as its cookie says", async () => {
    const url = await before({ cookieCache: true });
    await signUp(url);
    expect(await statusOf(await signOutTheOther(url, "before"))).toBe(200);
  });

  test("before, with session.cookieCache: a copy of the cookies outlives its own logout, too", async () => {
    const url = await before({ cookieCache: true });
    await signUp(url);
    const browser = await logIn(url, "before");
    const copy = browser.copy();
    await browser.post(routes.before.logout);
    expect([await statusOf(browser), await statusOf(copy)]).toEqual([401, 200]);
  });

  test("after: at once", async () => {
    await signUp(await before());
    expect(await statusOf(await signOutTheOther(await after(), "after"))).toBe(401);
  });
});

describe("a login with the old password that is not through yet when the password is changed", () => {
  /** `url` has the user already. The thief's password is found right, and then the owner is faster. */
  async function changeMeanwhile(url: string, when: keyof typeof routes, gate: Gate) {
    const owner = await logIn(url, when);
    const thief = new Browser(url);
    const arrived = gate.close();
    const breakingIn = thief.post(routes[when].login, { email, password });
    await arrived;
    const change = { currentPassword: password, newPassword, revokeOtherSessions: true };
    expect((await owner.post(routes[when].change, change)).status).toBe(200);
    expect(await statusOf(owner)).toBe(200);
    gate.open();
    return { owner, thief, answer: await breakingIn };
  }

  function heldBy(gate: Gate): Passwords {
    return {
      hash: passwords.hash,
      async verify(attempt) {
        const matches = await passwords.verify(attempt);
        await gate.pass();
        return matches;
      },
    };
  }

  test("before: it gets in, and stays in", async () => {
    const gate = new Gate();
    const url = await before({ passwords: heldBy(gate) });
    await signUp(url);
    const { thief, answer } = await changeMeanwhile(url, "before", gate);
    expect([answer.status, await statusOf(thief)]).toEqual([200, 200]);
  });

  test("after: it is refused, and so is the next one", async () => {
    await signUp(await before());
    const gate = new Gate();
    const url = await after({ passwords: heldBy(gate) });
    const { owner, thief, answer } = await changeMeanwhile(url, "after", gate);
    // The revocation had the password checked once more, and it is not the right one any more.
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: "invalid_credentials" }]);
    expect(await statusOf(thief)).toBe(401);
    expect((await thief.post(routes.after.login, { email, password })).status).toBe(401);
    expect(await statusOf(owner)).toBe(200);
    await logIn(url, "after", newPassword);
  });

  test("after: of two changes at once, the slower one undoes nothing", async () => {
    await signUp(await before());
    const gate = new Gate();
    const url = await after({ passwords: heldBy(gate) });
    const [slow, fast] = [await logIn(url, "after"), await logIn(url, "after")];
    const arrived = gate.close();
    const change = { currentPassword: password, newPassword: "what the slower one wanted" };
    const changing = slow.post(routes.after.change, change);
    await arrived;
    expect((await fast.post(routes.after.change, { ...change, newPassword })).status).toBe(200);
    gate.open();
    expect((await changing).status).toBe(409);
    await logIn(url, "after", newPassword);
  });
});

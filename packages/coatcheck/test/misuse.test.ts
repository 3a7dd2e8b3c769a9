import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AuthSession, errorCodes, SessionManager, standardPolicy } from "coatcheck";
import { LoginManager, RequestGuard } from "coatcheck/adapter";
import { Client } from "coatcheck/client";
import * as express from "coatcheck/express";
import * as hono from "coatcheck/hono";
import { IdentityIssuer, IdentityVerifier } from "coatcheck/identity";
import { generateSigningKey, KeyEncryption, KeySchedule, RemotePublicKeys } from "coatcheck/keys";
import { PassIssuer, PassVerifier, RemoteRevocations, readRenewablePass } from "coatcheck/passes";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import { PostgresSessionStore } from "coatcheck/stores/postgres";
import { RedisSessionStore } from "coatcheck/stores/redis";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { loggedInClient } from "coatcheck/testing";
import pg from "pg";
import { describe, expect, test } from "vitest";

/** JavaScript passes on anything. */
type Unchecked = (...given: readonly unknown[]) => unknown;

const ORIGIN = "https://app.example";
const store = new MemorySessionStore();
const sessions = new SessionManager({ store });
const findUser = (id: string) => ({ id });
const auth = express.coatcheck({ origin: ORIGIN, findUser, sessions });
const keys = { find: async () => null };
const signing = { current: () => generateSigningKey("ES256") };

const door = express.coatcheck as Unchecked;
const doorWith = (given: object) => door({ origin: ORIGIN, findUser, sessions, ...given });
const own = (given: object) => door({ origin: ORIGIN, findUser, ...given });
const inheriting = (given: object) => Object.assign(Object.create(given), { origin: ORIGIN, findUser, sessions });
const policyWith = (policy: unknown) => new SessionManager({ store, policy } as never);
const verifierWith = (given: object) =>
  new PassVerifier({ issuer: ORIGIN, audience: "files", keys, ...given } as never);

/** The session of a request without a cookie. */
function anonymous(): AuthSession<{ readonly id: string }> {
  const session = auth.admit({ method: "POST", headers: new Headers() });
  if (!session.ok) throw new Error(session.code);
  return session;
}

const login = (...given: readonly unknown[]) => {
  const session = anonymous();
  return (session.login.bind(session) as Unchecked)(...given);
};

const loggedIn = () => login("ada", () => true) as Promise<never>;

const METHODS = [
  "load",
  "reload",
  "requireLogin",
  "requireFresh",
  "refuseLogin",
  "login",
  "confirm",
  "logout",
  "devices",
  "revoke",
  "revokeOthers",
  "revokeAll",
  "replaceData",
  "csrfToken",
  "isCsrfTokenValid",
  "next",
] as const;

/** A method that was taken out of its session. */
function alone(name: (typeof METHODS)[number]): () => unknown {
  const method = anonymous()[name] as Unchecked;
  return () => method();
}

/** The answer to a request whose user is asked for, where logins have these options. */
async function userWith(given: object): Promise<unknown> {
  const logins = new LoginManager({ guard: auth.guard, findUser, ...given });
  const session = logins.admit({ method: "POST", headers: new Headers() });
  if (!session.ok) throw new Error(session.code);
  return session.login("ada", () => true);
}

/** A request with a cookie of another origin of the same site. */
function sentFromSibling(given: object): unknown {
  const guard = new RequestGuard({ sessions, origin: ORIGIN, ...given } as never);
  return guard.admit({ method: "POST", headers: new Headers({ origin: "https://www.app.example" }) });
}

/** The session of a request with a cookie, where the guard has these options. */
function loadedWith(given: object): unknown {
  const guard = new RequestGuard({ sessions, origin: ORIGIN, ...given } as never);
  const cookie = `${guard.cookie.name}=${"x".repeat(40)}`;
  const session = guard.admit({ method: "GET", headers: new Headers({ cookie }) });
  if (!session.ok) throw new Error(session.code);
  return session.authenticate();
}

const identityOf = async (user: object) => {
  const session = anonymous();
  await session.login("ada", () => true);
  const issuer = new IdentityIssuer({ issuer: ORIGIN, keys: signing });
  return issuer.issue(session.authentication as never, "orders", user);
};

const pass = async (options: unknown) => {
  const session = anonymous();
  await session.login("ada", () => true);
  return new PassIssuer({ issuer: ORIGIN, keys: signing }).issue(session.authentication as never, options as never);
};

/** What is written, and how to do it here. The page has its code and the sentence that answers it. */
const misuses: readonly (readonly [written: string, make: () => unknown])[] = [
  // `coatcheck()`
  ["coatcheck()", () => door()],
  ["coatcheck(null)", () => door(null)],
  ['coatcheck("https://app.example")', () => door(ORIGIN)],
  ["coatcheck([])", () => door([])],
  ["coatcheck(store)", () => door(store)],
  ["coatcheck(loadConfig()), a promise", () => door(Promise.resolve({}))],
  ["coatcheck({ findUser })", () => door({ findUser })],
  ["origin: 443", () => doorWith({ origin: 443 })],
  ['origin: "app.example"', () => doorWith({ origin: "app.example" })],
  ['origin: "https://app.example/login"', () => doorWith({ origin: "https://app.example/login" })],
  ['origin: "http://app.example"', () => doorWith({ origin: "http://app.example" })],
  ['origin: "https://ada:secret@app.example"', () => doorWith({ origin: "https://ada:secret@app.example" })],
  ['origin: ["https://app.example"]', () => doorWith({ origin: [ORIGIN] })],
  ["coatcheck({ origin })", () => door({ origin: ORIGIN, sessions })],
  ["findUser: users, a list", () => doorWith({ findUser: [] })],
  ["findusr: (id) => …", () => doorWith({ findusr: findUser })],
  ['secret: "keyboard cat"', () => doorWith({ secret: "keyboard cat" })],
  ["__proto__: { headerlessRequests }", () => door(inheriting({ headerlessRequests: "refuse" }))],
  ["Object.create({ headerlesRequests })", () => door(inheriting({ headerlesRequests: "refuse" }))],
  ["sessions: auth", () => doorWith({ sessions: auth })],
  ["sessions, store", () => doorWith({ store })],
  ["new LoginManager({ guard: auth, findUser })", () => new LoginManager({ guard: auth as never, findUser })],
  ["new RequestGuard(sessions)", () => new RequestGuard(sessions as never)],
  [
    "new RequestGuard({ origin, sessions: store })",
    () => new RequestGuard({ origin: ORIGIN, sessions: store as never }),
  ],
  // The store
  ["store: MemorySessionStore", () => own({ store: MemorySessionStore })],
  ["store: SqliteSessionStore.open({ database })", () => own({ store: Promise.resolve(store) })],
  ["store: sessions", () => own({ store: sessions })],
  ["store: null", () => own({ store: null })],
  ["store: []", () => own({ store: [] })],
  ["new MemorySessionStore({ clock: Date })", () => new MemorySessionStore({ clock: Date as never })],
  [
    'SqliteSessionStore.open({ database: "sessions.db" })',
    () => SqliteSessionStore.open({ database: "sessions.db" as never }),
  ],
  ['SqliteSessionStore.open("sessions.db")', () => SqliteSessionStore.open("sessions.db" as never)],
  [
    "SqliteSessionStore.open({ database: Database })",
    () => SqliteSessionStore.open({ database: class Database {} as never }),
  ],
  [
    'PostgresSessionStore.open({ pool: "postgres://…", connectListener })',
    () =>
      PostgresSessionStore.open({
        pool: "postgres://ada:secret@db/app" as never,
        connectListener: async () => null as never,
      }),
  ],
  [
    "PostgresSessionStore.open({ pool: new Client(), connectListener })",
    () => PostgresSessionStore.open({ pool: new pg.Client() as never, connectListener: async () => null as never }),
  ],
  [
    "PostgresSessionStore.open({ pool, connectListener: client })",
    () => PostgresSessionStore.open({ pool: { connect: async () => null as never }, connectListener: {} as never }),
  ],
  [
    'RedisSessionStore.open({ client: "redis://…" })',
    () => RedisSessionStore.open({ client: "redis://:secret@cache" as never }),
  ],
  [
    "RedisSessionStore.open({ client: createClient({ url }).connect() })",
    () => RedisSessionStore.open({ client: Promise.resolve() as never }),
  ],
  ["RedisSessionStore.open()", () => (RedisSessionStore.open as Unchecked)()],
  ["new NearCacheSessionStore(store)", () => new NearCacheSessionStore(store as never)],
  [
    "new NearCacheSessionStore({ store: RedisSessionStore.open({ client }) })",
    () => new NearCacheSessionStore({ store: Promise.resolve(store) as never }),
  ],
  [
    "new NearCacheSessionStore({ store, maximumEntries: 0 })",
    () => new NearCacheSessionStore({ store, maximumEntries: 0 }),
  ],
  // The policy
  ['policy: "strict"', () => policyWith("strict")],
  ["policy: { freshForSeconds: 60 }", () => policyWith({ freshForSeconds: 60 })],
  [
    "lifetime: { idleTimeoutSeconds: 600 }",
    () => policyWith({ ...standardPolicy, lifetime: { idleTimeoutSeconds: 600 } }),
  ],
  ["limit: 5", () => policyWith({ ...standardPolicy, limit: 5 })],
  [
    'limit: { maximum: 5, whenfull: "refuse" }',
    () => policyWith({ ...standardPolicy, limit: { maximum: 5, whenfull: "refuse" } }),
  ],
  ["policy: null", () => own({ policy: null })],
  ["freshForSeconds: 0", () => policyWith({ ...standardPolicy, freshForSeconds: 0 })],
  ["clock: Date.now", () => own({ clock: Date.now })],
  ["clock: null", () => own({ clock: null })],
  ["namespace: 5", () => own({ namespace: 5 })],
  ["events: {}", () => own({ events: {} })],
  // What a guard refuses
  ['headerlessRequests: "reject"', () => doorWith({ headerlessRequests: "reject" })],
  ['crossOriginRequests: "refuse"', () => doorWith({ crossOriginRequests: "refuse" })],
  ['addressPrecision: "none "', () => doorWith({ addressPrecision: "none " })],
  ['sessionProtection: "Strong"', () => doorWith({ sessionProtection: "Strong" })],
  ['trustedOrigins: "https://www.app.example"', () => doorWith({ trustedOrigins: "https://www.app.example" })],
  ["trustedOrigins: null", () => doorWith({ trustedOrigins: null })],
  ['trustedOrigins: ["*"]', () => doorWith({ trustedOrigins: ["*"] })],
  ["trustedOrigins: async (origin) => …", () => sentFromSibling({ trustedOrigins: async () => true })],
  ["site: 5", () => doorWith({ site: 5 })],
  ["exposedHeaders: [5]", () => doorWith({ exposedHeaders: [5] })],
  ['sessionlessRoutes: "POST /hook"', () => doorWith({ sessionlessRoutes: "POST /hook" })],
  ['sessionlessRoutes: ["/hook"]', () => doorWith({ sessionlessRoutes: ["/hook"] })],
  ["sessionlessRoutes: 5", () => doorWith({ sessionlessRoutes: 5 })],
  ['clearSiteDataOnLogout: "cache"', () => doorWith({ clearSiteDataOnLogout: "cache" })],
  ["isPoll: true", () => doorWith({ isPoll: true })],
  ["isPoll: async (request) => …", () => loadedWith({ isPoll: async () => true })],
  ['isActive: "active"', () => doorWith({ isActive: "active" })],
  ['loginView: "login"', () => doorWith({ loginView: "login" })],
  ["loginView: Symbol()", () => doorWith({ loginView: Symbol("login") })],
  ['unauthorizedHandler: "/login"', () => doorWith({ unauthorizedHandler: "/login" })],
  // Routes and logins
  ["auth.required()", () => (auth.required as Unchecked)()],
  ['app.get("/me", auth.required, handler)', () => (auth.required as Unchecked)({}, {}, () => {})],
  ["auth.required(loadHandler()), a promise", () => (auth.required as Unchecked)(Promise.resolve())],
  ["auth.freshRequired(handler, 60)", () => (auth.freshRequired as Unchecked)(() => {}, 60)],
  [
    "auth.freshRequired(handler, { withinMinutes: 5 })",
    () => (auth.freshRequired as Unchecked)(() => {}, { withinMinutes: 5 }),
  ],
  ["auth.of(request), before auth.middleware", () => auth.of({} as never)],
  ["auth.of(request).user, before load()", () => anonymous().user],
  ["auth.login(request, 7, check)", () => login(7, () => true)],
  ["auth.login(request, id, passwordMatches(…))", () => login("ada", Promise.resolve(true))],
  ["auth.login(request, id, () => user)", () => login("ada", () => ({ id: "ada" }))],
  ['auth.login(request, id, check, { remember: "on" })', () => login("ada", () => true, { remember: "on" })],
  ['auth.login(request, id, check, { methods: "pwd" })', () => login("ada", () => true, { methods: "pwd" })],
  ["auth.login(request, id, check, { durationSeconds: 0 })", () => login("ada", () => true, { durationSeconds: 0 })],
  ["auth.login(request, id, check, { rememberMe: true })", () => login("ada", () => true, { rememberMe: true })],
  ["isActive: async (user) => …", () => userWith({ isActive: async () => true })],
  ["auth.login(request, id, check, true)", () => login("ada", () => true, true)],
  ["auth.answer(login, response), after a login", async () => auth.answer(await loggedIn(), {} as never)],
  ["auth.answer(login)", () => (auth.answer as Unchecked)({ ok: false, headers: [], status: 401 })],
  ["auth.answer(), with Hono", () => (hono.coatcheck({ origin: ORIGIN, findUser, sessions }).answer as Unchecked)()],
  ["const { logout } = auth.of(request); await logout()", alone("logout")],
  ["auth.of(request).load({ slide: 0 })", () => anonymous().load({ slide: 0 as never })],
  ["auth.of(request).load(null)", () => anonymous().load(null as never)],
  ["loggedInClient({ guard: auth, userId })", () => loggedInClient({ guard: auth as never, userId: "ada" })],
  ["sessions.login(sessions.begin(id))", () => sessions.login(sessions.begin("ada") as never)],
  // Tokens and keys
  ["new PassIssuer({ issuer })", () => new PassIssuer({ issuer: ORIGIN } as never)],
  ["new IdentityIssuer({ keys })", () => new IdentityIssuer({ keys: signing } as never)],
  ["new IdentityIssuer({ issuer, key })", () => new IdentityIssuer({ issuer: ORIGIN, key: signing } as never)],
  [
    "issuer.issue(authentication, { audience, path, clientAdress })",
    () => pass({ audience: "files", path: "/a", clientAdress: "192.0.2.7" }),
  ],
  [
    "issuer.issue(authentication, { audience, path, lifetime: 60 })",
    () => pass({ audience: "files", path: "/a", lifetime: 60 }),
  ],
  ["issuer.issue(authentication, { path })", () => pass({ path: "/a" })],
  ["issuer.issue(authentication, { audience })", () => pass({ audience: "files" })],
  ['issuer.issue(authentication, "orders", { sub: user.id })', () => identityOf({ sub: "ada" })],
  ["new PassVerifier({ issuer, keys })", () => verifierWith({ audience: undefined })],
  ["new PassVerifier({ …, keys: await response.json() })", () => verifierWith({ keys: { keys: [] } })],
  ['new PassVerifier({ …, revocations: "https://…" })', () => verifierWith({ revocations: "https://login.example/r" })],
  [
    "new IdentityVerifier({ issuer, audience })",
    () => new IdentityVerifier({ issuer: ORIGIN, audience: "files" } as never),
  ],
  ["new RemotePublicKeys({ uri })", () => new RemotePublicKeys({ uri: ORIGIN } as never)],
  ['new RemotePublicKeys("https://…")', () => new RemotePublicKeys(ORIGIN as never)],
  [
    'new RemotePublicKeys({ url, floorSeconds: "10" })',
    () => new RemotePublicKeys({ url: ORIGIN, floorSeconds: "10" } as never),
  ],
  ["new RemoteRevocations({ url, issuer })", () => new RemoteRevocations({ url: ORIGIN, issuer: ORIGIN } as never)],
  ["new KeyEncryption(process.env.SECRET), which is not set", () => new KeyEncryption(undefined as never)],
  ['generateSigningKey("HS256")', () => generateSigningKey("HS256" as never)],
  [
    "new KeySchedule(keys, { publicationSecond: 60, … })",
    () => new KeySchedule([], { publicationSecond: 60, retentionSeconds: 60 } as never),
  ],
  ["new KeySchedule(keys, { retentionSeconds: 60 })", () => new KeySchedule([], { retentionSeconds: 60 } as never)],
  [
    "readRenewablePass(token, { issuer, audience, keys, leeway: 60 })",
    () => readRenewablePass("", { issuer: ORIGIN, audience: "files", keys, leeway: 60 } as never),
  ],
  // A page's side
  ['new Client({ baseURL: "/auth" })', () => new Client({ baseURL: "/auth" } as never)],
  ['new Client("/auth")', () => new Client("/auth" as never)],
];

const page = await readFile(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");

/** The rows of the page: what is written, the code, the sentence. */
const rows = (page.split(/^## /m).find((section) => section.startsWith("Mistakes and their answers\n")) ?? "")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").slice(1, -1))
  .map(([written = "", code = "", sentence = ""]) => ({
    written: written.replaceAll("`", "").trim(),
    code: code.replaceAll("`", "").trim(),
    sentence: sentence.trim(),
  }));

async function faultOf(make: () => unknown): Promise<unknown> {
  try {
    await make();
    return null;
  } catch (error) {
    return error;
  }
}

describe("a mistake is answered by a sentence that says what to write", () => {
  test("the page lists each of them, in this order", () => {
    expect(rows.map(({ written }) => written)).toEqual(misuses.map(([written]) => written));
    expect(rows.length).toBeGreaterThan(40);
    for (const { code } of rows) expect(Object.keys(errorCodes)).toContain(code);
  });

  test.each(misuses)("%s", async (written, make) => {
    const row = rows.find((each) => each.written === written);
    expect(await faultOf(make)).toMatchObject({
      name: expect.stringMatching(/^(Coatcheck|Client)Error$/),
      code: row?.code,
      message: row?.sentence,
    });
  });
});

test.each(METHODS)("%s is told apart from its session", async (name) => {
  expect(await faultOf(alone(name))).toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining("auth.of(request).logout()"),
  });
});

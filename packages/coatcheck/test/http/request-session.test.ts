import { CoatcheckError, rememberedLifetime, SessionManager } from "coatcheck";
import { type GuardedRequest, RequestGuard, type RequestGuardOptions, type RequestSession } from "coatcheck/adapter";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { describe, expect, test, vi } from "vitest";

const ORIGIN = "https://app.example";
const COOKIE = "__Host-Http-session";
/** As a browser says it of a script of our own page. */
const SCRIPT = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };

function setUp(options: Partial<RequestGuardOptions> = {}) {
  const clock = new ManualClock();
  const store = new MemorySessionStore({ clock });
  const sessions = new SessionManager({ store, clock });
  const guard = new RequestGuard({ sessions, origin: ORIGIN, ...options });

  /** An admitted request with these cookies. */
  function admit(cookie: string | null = null, method = "POST", headers: Record<string, string> = {}): RequestSession {
    const admission = guard.admit(requestOf(method, { ...(cookie === null ? {} : { cookie }), ...headers }));
    if (!admission.ok) throw new Error(admission.code);
    return admission;
  }

  /** Logs a user in and returns the cookie as a browser would send it. */
  async function login(userId = "1", remember = false): Promise<string> {
    const arrival = admit();
    await arrival.login(await sessions.begin(userId), { remember });
    return cookieOf(await arrival.finish(responseOf(200)));
  }

  return { clock, store, sessions, guard, admit, login };
}

function requestOf(method: string, headers: Record<string, string> = {}): GuardedRequest {
  return { method, headers: new Headers(headers) };
}

function responseOf(status: number, headers: Record<string, string> = {}) {
  return { status, headers: new Headers(headers) };
}

function cookieOf(edits: readonly { name: string; value: string }[]): string {
  const text = edits.find((edit) => edit.name === "set-cookie")?.value ?? "";
  return text.slice(0, text.indexOf(";"));
}

function headersOf(edits: readonly { name: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(edits.map((edit) => [edit.name, edit.value]));
}

describe("admission", () => {
  test("two session cookies are refused, whatever they hold", async () => {
    const { guard } = setUp();
    expect(guard.admit(requestOf("GET", { cookie: `${COOKIE}=a; ${COOKIE}=b` }))).toMatchObject({
      ok: false,
      status: 400,
      code: "duplicate_session_cookie",
    });
  });

  test("an unsafe request of another origin is refused with the cookie, even a worthless one", () => {
    const { guard } = setUp();
    const headers = { cookie: `${COOKIE}=worthless`, "sec-fetch-site": "cross-site" };
    expect(guard.admit(requestOf("POST", headers))).toMatchObject({ status: 403, code: "cross_origin_request" });
  });

  test("without the cookie it passes, so that public routes can take it", () => {
    const { guard } = setUp();
    expect(guard.admit(requestOf("POST", { "sec-fetch-site": "cross-site" })).ok).toBe(true);
  });

  test("refuse_always refuses it without the cookie too", () => {
    const { guard } = setUp({ crossOriginRequests: "refuse_always" });
    expect(guard.admit(requestOf("POST", { "sec-fetch-site": "cross-site" })).ok).toBe(false);
    expect(guard.admit(requestOf("POST")).ok).toBe(true);
  });

  test("a script with the cookie passes by default, and is refused on demand until it says where it comes from", () => {
    const cookie = `${COOKIE}=anything`;
    expect(setUp().guard.admit(requestOf("POST", { cookie })).ok).toBe(true);
    const { guard } = setUp({ headerlessRequests: "refuse" });
    expect(guard.admit(requestOf("POST", { cookie }))).toMatchObject({ status: 403, code: "headerless_request" });
    expect(guard.admit(requestOf("POST", { cookie, "x-csrf": "1" })).ok).toBe(true);
    expect(guard.admit(requestOf("POST", { cookie, origin: ORIGIN })).ok).toBe(true);
    expect(guard.admit(requestOf("POST")).ok).toBe(true);
  });

  test("a script that offers HTTP/2 with its GET is asked no more than any other; a WebSocket is", () => {
    const cookie = `${COOKIE}=anything`;
    const { guard } = setUp({ headerlessRequests: "refuse" });
    const admit = (upgrade: string) => guard.admit(requestOf("GET", { cookie, upgrade }));
    expect(admit("h2c").ok).toBe(true);
    for (const upgrade of ["websocket", "WebSocket", "h2c, websocket"]) {
      expect(admit(upgrade)).toMatchObject({ status: 403, code: "headerless_request" });
    }
  });

  test("a refusal is an event", () => {
    const { guard, sessions } = setUp();
    const listener = vi.fn();
    sessions.events.on("request_rejected", listener);
    const request = requestOf("POST", { cookie: `${COOKIE}=a`, origin: "https://evil.example" });
    guard.admit(request);
    const told = { reason: "cross_origin_request", method: "POST", origin: "https://evil.example" };
    expect(listener).toHaveBeenCalledExactlyOnceWith(told, request);
  });

  test.each(["/webhook", "/webhook?id=1", "https://app.example/webhook"])("%s is without a session", (url) => {
    const { guard } = setUp({ sessionlessRoutes: ["POST /webhook"] });
    const foreign = requestOf("POST", { cookie: `${COOKIE}=a`, origin: "https://evil.example" });
    expect(guard.admit({ ...foreign, url })).toMatchObject({ ok: true });
  });

  test.each(["/a/../webhook", "//webhook", "/./webhook", "/%77ebhook", "/Webhook", "/webhook/", "/\twebhook"])(
    "%j is another path, whatever some router makes of it",
    (url) => {
      const { guard } = setUp({ sessionlessRoutes: ["POST /webhook"] });
      const foreign = requestOf("POST", { cookie: `${COOKIE}=a`, origin: "https://evil.example" });
      expect(guard.admit({ ...foreign, url })).toMatchObject({ code: "cross_origin_request" });
    },
  );

  test("plain http beyond loopback is refused at construction", () => {
    expect(() => setUp({ origin: "http://app.example" })).toThrow(expect.objectContaining({ code: "insecure_origin" }));
  });
});

describe("login", () => {
  test("puts the token into the response, and the token authenticates", async () => {
    const { admit, login } = setUp();
    const cookie = await login("1");
    const result = await admit(cookie, "GET").authenticate();
    expect(result).toMatchObject({ status: "authenticated", fresh: true, session: { userId: "1" } });
  });

  test("the same request is authenticated from then on", async () => {
    const { admit, sessions } = setUp();
    const arrival = admit();
    await arrival.login(await sessions.begin("1"));
    expect(await arrival.authenticate()).toMatchObject({ status: "authenticated" });
  });

  test("without remember-me the cookie ends with the browser, with it after thirty days", async () => {
    const { admit, sessions } = setUp();
    for (const [remember, age] of [
      [false, undefined],
      [true, `Max-Age=${rememberedLifetime.absoluteTimeoutSeconds}`],
    ] as const) {
      const arrival = admit();
      await arrival.login(await sessions.begin("1"), { remember });
      const { "set-cookie": text } = headersOf(await arrival.finish(responseOf(200)));
      expect(text?.match(/Max-Age=\d+/)?.[0]).toBe(age);
    }
  });

  test("ends the session that the browser held, whichever user's it was", async () => {
    const { admit, sessions, login } = setUp();
    const first = await login("1");
    const arrival = admit(first);
    await arrival.login(await sessions.begin("2"));
    expect(await admit(first, "GET").authenticate()).toMatchObject({ status: "unauthenticated" });
    expect(await sessions.list("1")).toHaveLength(0);
    expect(await sessions.list("2")).toHaveLength(1);
  });

  test("two logins at once in one request leave one session: the one whose cookie goes out", async () => {
    const { sessions, admit } = setUp();
    const arrival = admit();
    const attempts = [await sessions.begin("1"), await sessions.begin("1")];
    await Promise.all(attempts.map((attempt) => arrival.login(attempt)));
    const later = await admit(cookieOf(await arrival.finish(responseOf(200)))).authenticate();
    const left = await sessions.list("1");
    expect(left.length).toBe(1);
    expect(later).toMatchObject({ status: "authenticated", session: { id: left[0]?.id } });
  });

  test("a page of another origin cannot log anyone in, even without a cookie", async () => {
    const { admit, sessions } = setUp();
    const arrival = admit(null, "POST", { "sec-fetch-site": "cross-site" });
    const result = await arrival.login(await sessions.begin("1"));
    expect(result).toMatchObject({ outcome: "refused", refusal: { code: "cross_origin_request" } });
    expect(await arrival.finish(responseOf(403))).toEqual([]);
    expect(await sessions.list("1")).toHaveLength(0);
  });

  test("a refused login sets no cookie", async () => {
    const { admit, sessions } = setUp();
    const arrival = admit();
    const attempt = await sessions.begin("1");
    await sessions.revokeAll("1");
    expect(await arrival.login(attempt)).toEqual({ outcome: "login_overtaken" });
    expect(headersOf(await arrival.finish(responseOf(503)))).not.toHaveProperty("set-cookie");
  });

  test("after the response has left it is a fault", async () => {
    const { admit, sessions } = setUp();
    const arrival = admit();
    await arrival.finish(responseOf(200));
    const attempt = await sessions.begin("1");
    await expect(arrival.login(attempt)).rejects.toMatchObject({ code: "response_already_sent" });
    await expect(arrival.logout()).rejects.toMatchObject({ code: "response_already_sent" });
    expect(await sessions.list("1")).toHaveLength(0);
  });
});

test("a login that settles after the response has left leaves no session behind", async () => {
  const { admit, sessions } = setUp();
  const arrival = admit();
  const login = arrival.login(await sessions.begin("1"));
  await arrival.finish(responseOf(200));
  await expect(login).rejects.toMatchObject({ code: "response_already_sent" });
  expect(await sessions.list("1")).toHaveLength(0);
});

describe("logout", () => {
  test("ends the session, deletes the cookie, and kills every copy", async () => {
    const { admit, login } = setUp();
    const cookie = await login();
    const departure = admit(cookie);
    await departure.logout();
    const headers = headersOf(await departure.finish(responseOf(204)));
    expect(headers["set-cookie"]).toMatch(/^__Host-Http-session=;.*Max-Age=0$/);
    expect(headers["cache-control"]).toBe("private, no-store");
    expect(await admit(cookie, "GET").authenticate()).toEqual({ status: "unauthenticated", reason: "unknown" });
  });

  test("tells the browser to clear what the application names, after a logout alone", async () => {
    const { admit, login } = setUp({ clearSiteDataOnLogout: ["cache", "storage"] });
    const cookie = await login();
    const reading = admit(cookie, "GET");
    await reading.authenticate();
    expect(headersOf(await reading.finish(responseOf(200)))).not.toHaveProperty("clear-site-data");
    const leaving = admit(cookie);
    await leaving.logout();
    expect(headersOf(await leaving.finish(responseOf(204)))["clear-site-data"]).toBe('"cache", "storage"');
  });

  test("clears nothing unasked, and refuses what is no kind of data", async () => {
    const { admit, login } = setUp();
    const leaving = admit(await login());
    await leaving.logout();
    expect(headersOf(await leaving.finish(responseOf(204)))).not.toHaveProperty("clear-site-data");
    for (const kinds of [["*"], "cache", ['cache"']]) {
      expect(() => setUp({ clearSiteDataOnLogout: kinds as never })).toThrow(/"cache", "cookies" and "storage"/);
    }
  });

  test("deletes the cookie of a session that is gone already", async () => {
    const { admit } = setUp();
    const departure = admit(`${COOKIE}=${"A".repeat(64)}`);
    await departure.logout();
    expect(headersOf(await departure.finish(responseOf(204)))["set-cookie"]).toContain("Max-Age=0");
  });

  test("keeps the cookie when the store fails, so that it can be tried again", async () => {
    const { admit, login, store } = setUp();
    const cookie = await login();
    const fault = new CoatcheckError("store_unavailable", "down");
    vi.spyOn(store, "delete").mockRejectedValueOnce(fault);
    const departure = admit(cookie);
    await expect(departure.logout()).rejects.toBe(fault);
    expect(headersOf(await departure.finish(responseOf(503)))).not.toHaveProperty("set-cookie");
    expect(await admit(cookie, "GET").authenticate()).toMatchObject({ status: "authenticated" });
  });
});

describe("quiet by default", () => {
  test("the store is asked only when someone wants to know, and once", async () => {
    const { admit, login, store } = setUp();
    const cookie = await login();
    const find = vi.spyOn(store, "find");
    const passing = admit(cookie, "GET");
    expect(await passing.finish(responseOf(200))).toEqual([]);
    expect(find).not.toHaveBeenCalled();

    const asking = admit(cookie, "GET");
    await Promise.all([asking.authenticate(), asking.authenticate()]);
    expect(find).toHaveBeenCalledTimes(1);
  });

  test("an anonymous request asks no store and creates nothing", async () => {
    const { admit, store } = setUp();
    const find = vi.spyOn(store, "find");
    const passing = admit(null, "GET");
    expect(await passing.authenticate()).toEqual({ status: "unauthenticated", reason: "absent" });
    expect(headersOf(await passing.finish(responseOf(200)))).not.toHaveProperty("set-cookie");
    expect(find).not.toHaveBeenCalled();
  });

  test("an ordinary request sets no cookie, and a failed one deletes none", async () => {
    const { admit, login } = setUp();
    for (const cookie of [await login(), `${COOKIE}=${"A".repeat(64)}`, `${COOKIE}=malformed`]) {
      const passing = admit(cookie, "GET");
      await passing.authenticate();
      expect(headersOf(await passing.finish(responseOf(200)))).not.toHaveProperty("set-cookie");
    }
  });
});

describe("caching of what depends on the session", () => {
  test.each<[why: string, given: Record<string, string>, cacheControl: string, vary: string | undefined]>([
    ["nothing said", {}, "private, no-cache", "Cookie"],
    ["public is a mistake", { "cache-control": "public, max-age=60" }, "private, max-age=60", "Cookie"],
    ["stricter is kept", { "cache-control": "no-store" }, "private, no-store", "Cookie"],
    ["shared ages are dropped", { "cache-control": "s-maxage=60" }, "private, no-cache", "Cookie"],
    ["Vary is extended", { vary: "Accept" }, "private, no-cache", "Accept, Cookie"],
    ["Vary that has it stays", { vary: "cookie" }, "private, no-cache", undefined],
    ["Vary on everything stays", { vary: "*" }, "private, no-cache", undefined],
  ])("%s", async (_why, given, cacheControl, vary) => {
    const { admit, login } = setUp();
    const passing = admit(await login(), "GET");
    await passing.authenticate();
    const headers = headersOf(await passing.finish(responseOf(200, given)));
    expect([headers["cache-control"], headers.vary]).toEqual([cacheControl, vary]);
  });
});

describe("a page that Back would show after a logout", () => {
  const HTML = { "content-type": "text/html; charset=utf-8" };
  const cacheControlOf = async (
    cookie: string | null,
    request: Record<string, string>,
    given: Record<string, string>,
  ) => {
    const passing = parts.admit(cookie, "GET", request);
    await passing.authenticate();
    return headersOf(await passing.finish(responseOf(200, given)))["cache-control"];
  };
  const parts = setUp();

  test.each<[why: string, request: Record<string, string>, given: Record<string, string>, cacheControl: string]>([
    ["HTML", {}, HTML, "private, no-store"],
    ["XHTML, in any case", {}, { "content-type": "Application/XHTML+XML" }, "private, no-store"],
    ["whatever else the browser shows", { "sec-fetch-dest": "document" }, {}, "private, no-store"],
    [
      "a document in a frame",
      { "sec-fetch-dest": "iframe" },
      { "content-type": "application/pdf" },
      "private, no-store",
    ],
    [
      "not the data of a script",
      { "sec-fetch-dest": "empty" },
      { "content-type": "application/json" },
      "private, no-cache",
    ],
    [
      "by a browser where all may keep it, which is a mistake",
      {},
      { ...HTML, "cache-control": "public" },
      "private, no-store",
    ],
    ["nor what only begins like HTML", {}, { "content-type": "text/html-fragment" }, "private, no-cache"],
    ["unless the application allows it", {}, { ...HTML, "cache-control": "private" }, "private, no-cache"],
    ["or says for how long", {}, { ...HTML, "cache-control": "max-age=60" }, "private, max-age=60"],
  ])("is not kept: %s", async (_why, request, given, expected) => {
    expect(await cacheControlOf(await parts.login(), request, given)).toBe(expected);
  });

  test("of one user is given to no other by a cache that is told something of its own", async () => {
    for (const name of ["cdn-cache-control", "surrogate-control"]) {
      const passing = parts.admit(await parts.login(), "GET");
      await passing.authenticate();
      const headers = headersOf(await passing.finish(responseOf(200, { ...HTML, [name]: "max-age=60" })));
      expect(headers[name]).toBe("no-store");
    }
  });

  test("is kept for those who are not logged in: there is nothing private in it", async () => {
    for (const cookie of [null, `${COOKIE}=${"A".repeat(64)}`]) {
      expect(await cacheControlOf(cookie, {}, HTML)).toBe("private, no-cache");
    }
  });
});

describe("rotation", () => {
  const DAY = 86_401;

  async function remembered() {
    const parts = setUp();
    const cookie = await parts.login("1", true);
    parts.clock.advanceSeconds(DAY);
    return { ...parts, cookie };
  }

  test("a remembered session gets a new token once a day, and the old one dies after its grace", async () => {
    const { admit, cookie, clock } = await remembered();
    const passing = admit(cookie, "GET", SCRIPT);
    await passing.authenticate();
    const edits = await passing.finish(responseOf(200));
    const next = cookieOf(edits);
    expect(next).not.toBe(cookie);
    expect(headersOf(edits)["cache-control"]).toBe("private, no-store");

    expect(await admit(next, "GET").authenticate()).toMatchObject({ status: "authenticated" });
    clock.advanceSeconds(29);
    expect(await admit(cookie, "GET").authenticate()).toMatchObject({ status: "authenticated", fresh: false });
    clock.advanceSeconds(2);
    expect(await admit(cookie, "GET").authenticate()).toMatchObject({ reason: "token_reused" });
    expect(await admit(next, "GET").authenticate()).toMatchObject({ reason: "unknown" });
  });

  const PAGE = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const HTML = { "content-type": "text/html; charset=utf-8" };

  test.each<[who: string, isRotated: boolean, request: Record<string, string>, response: Record<string, string>]>([
    ["a page that a browser opens", true, PAGE, HTML],
    ["a page of a link from elsewhere", true, { ...PAGE, "sec-fetch-site": "cross-site" }, HTML],
    ["a script of a page", true, SCRIPT, { "content-type": "application/json" }],
    ["an image", true, { ...SCRIPT, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }, {}],
    ["a server that hands on the cookie alone", false, {}, HTML],
    ["Node's fetch, which adds the mode by itself", false, { "sec-fetch-mode": "cors" }, HTML],
    ["a server that hands on every header of a page's request", false, PAGE, { "content-type": "application/json" }],
    ["such a server by Node's fetch, which writes over the mode", false, { ...PAGE, "sec-fetch-mode": "cors" }, HTML],
    ["a browser that says less than all", false, { "sec-fetch-site": "same-origin", "sec-fetch-dest": "empty" }, {}],
    ["a file that is opened in a tab", false, PAGE, { "content-type": "application/pdf" }],
  ])("%s: a new secret is sent, %s", async (_who, isRotated, request, response) => {
    const { admit, cookie } = await remembered();
    const passing = admit(cookie, "GET", request);
    await passing.authenticate();
    const edits = await passing.finish(responseOf(200, response));
    expect(edits.some(({ name }) => name === "set-cookie")).toBe(isRotated);
    expect((await admit(cookie, "GET").authenticate()).status).toBe("authenticated");
  });

  test.each<
    [why: string, method: string, request: Record<string, string>, status: number, response: Record<string, string>]
  >([
    ["a shared cache may keep it", "GET", {}, 200, { "cache-control": "public, max-age=60" }],
    ["a network of caches may keep it", "GET", {}, 200, { "cdn-cache-control": "max-age=60" }],
    ["the cache in front may keep it", "GET", {}, 200, { "surrogate-control": "max-age=60" }],
    ["a prefetch may be thrown away", "GET", { "sec-purpose": "prefetch;prerender" }, 200, {}],
    ["an old prefetch too", "GET", { purpose: "prefetch" }, 200, {}],
    ["an event stream goes on for hours", "GET", {}, 200, { "content-type": "text/event-stream" }],
    ["HEAD", "HEAD", {}, 200, {}],
    ["not modified", "GET", {}, 304, {}],
    ["an upgrade", "GET", { upgrade: "websocket", origin: ORIGIN }, 101, {}],
  ])("waits when %s", async (_why, method, request, status, response) => {
    const { admit, cookie, store } = await remembered();
    const passing = admit(cookie, method, { ...SCRIPT, ...request });
    await passing.authenticate();
    const update = vi.spyOn(store, "update");
    expect(headersOf(await passing.finish(responseOf(status, response)))).not.toHaveProperty("set-cookie");
    expect(update).not.toHaveBeenCalled();
  });

  test("a cookie is kept from caches that are told something of their own", async () => {
    const { admit, sessions } = setUp();
    const arrival = admit();
    await arrival.login(await sessions.begin("1"));
    const headers = headersOf(await arrival.finish(responseOf(200, { "cdn-cache-control": "max-age=60" })));
    expect(headers["cdn-cache-control"]).toBe("no-store");
    expect(headers).not.toHaveProperty("surrogate-control");
  });

  test("once the headers wait for a new secret, nothing else becomes of the cookie", async () => {
    const { clock, sessions, admit, login } = setUp();
    const cookie = await login("1", true);
    clock.advanceSeconds(86_400);
    const request = admit(cookie, "POST", SCRIPT);
    await request.authenticate();
    const edits = request.finish(responseOf(200));
    await expect(request.logout()).rejects.toMatchObject({ code: "response_already_sent" });
    await expect(request.login(await sessions.begin("2"))).rejects.toMatchObject({ code: "response_already_sent" });
    expect((await admit(cookieOf(await edits)).authenticate()).status).toBe("authenticated");
    expect(await sessions.list("2")).toEqual([]);
  });

  test("a fault of the store while rotating does not take the answered request down", async () => {
    const { admit, cookie, store } = await remembered();
    const passing = admit(cookie, "GET", SCRIPT);
    await passing.authenticate();
    vi.spyOn(store, "update").mockRejectedValueOnce(new CoatcheckError("store_unavailable", "down"));
    expect(headersOf(await passing.finish(responseOf(200)))).not.toHaveProperty("set-cookie");
  });

  test("re-authentication issues a fresh token at once", async () => {
    const { admit, cookie } = await remembered();
    const proving = admit(cookie);
    const held = await proving.authenticate();
    if (held.status !== "authenticated") throw new Error(held.reason);
    expect(held.fresh).toBe(false);
    expect(await proving.reauthenticate(held)).toMatchObject({ outcome: "reauthenticated" });
    const next = cookieOf(await proving.finish(responseOf(200)));
    expect(await admit(next, "GET").authenticate()).toMatchObject({ fresh: true });
  });
});

describe("CSRF tokens for forms", () => {
  test("are valid in their own session only", async () => {
    const { admit, login } = setUp();
    const [mine, theirs] = [await login("1"), await login("2")];
    const token = (await admit(mine, "GET").csrfToken()) ?? "";
    expect(await admit(mine).isCsrfTokenValid(token)).toBe(true);
    expect(await admit(theirs).isCsrfTokenValid(token)).toBe(false);
    expect(await admit(null).isCsrfTokenValid(token)).toBe(false);
    expect(await admit(null, "GET").csrfToken()).toBeNull();
  });
});

import { deepEqual, equal, match } from "node:assert/strict";
import { CoatcheckError } from "coatcheck";
import type { TestRunner } from "coatcheck/testing";
import { Browser } from "./browser.ts";
import { contractParts, type ServeApplication } from "./contract-application.ts";
import { type ContractTest, returningVisitors } from "./returning-visitors.ts";

const PAGE = { accept: "text/html", "sec-fetch-mode": "navigate" };
const TRUSTED = "http://localhost:5173";
const DAY = 86_400;

/** What a browser says of a script of our own page. */
const AS_A_SCRIPT = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };

export interface AdapterContractOptions {
  readonly runner: TestRunner;
  readonly serve: ServeApplication;
}

/** The contract of an adapter: what a browser sees of it, over a real socket. */
export function adapterContract({ runner, serve }: AdapterContractOptions): void {
  const test: ContractTest = (name, body, options) =>
    runner.test(name, async () => {
      const parts = contractParts(options);
      const { url, close } = await serve(parts.options);
      try {
        await body({ ...parts, url, browser: new Browser(url) });
      } finally {
        await close();
      }
    });

  const refused = async (response: Response, status: number, code: string) => {
    equal(response.status, status);
    match(response.headers.get("content-type") ?? "", /^application\/problem\+json\b/);
    match(response.headers.get("cache-control") ?? "", /no-store$/);
    equal(((await response.json()) as { code: string }).code, code);
  };

  runner.describe("a session", () => {
    test("logs in, recognises, logs out; a copied cookie is dead afterwards", async ({ browser, url }) => {
      const answer = await browser.send("POST", "/login?user=ada");
      equal(answer.status, 200);
      equal(answer.headers.get("cache-control"), "private, no-store");
      match(browser.cookie ?? "", /^coatcheck-8080=[A-Za-z0-9_-]{64}$/);
      const [status, me] = await browser.ask("GET", "/me");
      deepEqual([status, (me as { name: string }).name], [200, "Ada"]);

      const thief = new Browser(url);
      thief.cookie = browser.cookie;
      const departure = await browser.send("POST", "/logout");
      equal(departure.status, 204);
      deepEqual(departure.headers.getSetCookie(), ["coatcheck-8080=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]);
      equal((await thief.send("GET", "/me")).status, 401);
    });

    test("an ordinary request sets no cookie, and its response stays with its reader", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada");
      const { headers } = await browser.send("GET", "/me");
      deepEqual(headers.getSetCookie(), []);
      equal(headers.get("cache-control"), "private, no-cache");
      match(headers.get("vary") ?? "", /Cookie/);
    });

    test("what a person looked at while logged in is kept by no browser, for Back to show after the logout", async ({
      browser,
    }) => {
      await browser.send("POST", "/login?user=ada");
      const { headers } = await browser.send("GET", "/me", { "sec-fetch-dest": "document" });
      equal(headers.get("cache-control"), "private, no-store");
    });

    test("a handler that does not ask causes no read, and gets no header of the session", async (bench) => {
      const { browser, store } = bench;
      await browser.send("POST", "/login?user=ada");
      let reads = 0;
      const find = store.find.bind(store);
      store.find = (reference) => {
        reads++;
        return find(reference);
      };
      const answer = await browser.send("GET", "/public");
      equal(await answer.text(), "hello");
      deepEqual([answer.headers.get("cache-control"), answer.headers.get("vary"), reads], [null, "Origin", 0]);
      await browser.send("GET", "/me");
      equal(reads, 1);
    });

    test("the client's address and user agent are kept with it", async ({ browser, sessions }) => {
      await browser.send("POST", "/login?user=ada", { "user-agent": "curl/8.5.0" });
      const [session] = await sessions.list("ada");
      match(session?.device.ip ?? "", /^127\.0\.0\.1$/);
      equal(session?.device.label, "curl");
    });

    test("lists devices, ends one, ends the others", async ({ browser, url }) => {
      const others = [new Browser(url), new Browser(url), new Browser(url)];
      for (const each of [browser, ...others]) await each.send("POST", "/login?user=ada");
      const [, { sessions }] = (await browser.ask("GET", "/devices")) as [
        number,
        { sessions: { id: string; current: boolean }[] },
      ];
      deepEqual([sessions.length, sessions.filter(({ current }) => current).length], [4, 1]);
      const other = sessions.find(({ current }) => !current);
      deepEqual(await browser.ask("DELETE", `/devices/${other?.id}`), [200, { revoked: true }]);
      deepEqual(await browser.ask("DELETE", `/devices/${other?.id}`), [200, { revoked: false }]);
      deepEqual(await browser.ask("DELETE", "/devices"), [200, { revoked: 2 }]);
      equal((await browser.send("GET", "/me")).status, 200);
      for (const each of others) equal((await each.send("GET", "/me")).status, 401);
    });

    test("no user ends another's session", async ({ browser, url, sessions }) => {
      const eve = new Browser(url);
      await browser.send("POST", "/login?user=ada");
      await eve.send("POST", "/login?user=grace");
      const [session] = await sessions.list("ada");
      deepEqual(await eve.ask("DELETE", `/devices/${session?.id}`), [200, { revoked: false }]);
      equal((await browser.send("GET", "/me")).status, 200);
    });

    test("a remembered one is rotated in passing, in a plain response and in a stream", async (bench) => {
      const { browser, clock } = bench;
      for (const path of ["/me", "/stream"]) {
        await browser.send("POST", "/login?user=ada&remember");
        const first = browser.cookie;
        clock.advanceSeconds(DAY);
        const answer = await browser.send("GET", path, AS_A_SCRIPT);
        match(await answer.text(), path === "/me" ? /"Ada"/ : /^onetwo$/);
        equal(answer.headers.getSetCookie().length, 1);
        equal(browser.cookie === first, false);
        equal((await browser.send("GET", "/me")).status, 200);
      }
    });
  });

  runner.describe("who is there", () => {
    test("a visitor without a login has no user", async ({ browser }) => {
      deepEqual(await browser.ask("GET", "/maybe"), [200, { name: null }]);
      await refused(await browser.send("GET", "/me"), 401, "unauthenticated");
    });

    test("an API key is a user without a session, and begins none", async ({ browser, sessions }) => {
      const key = { "x-api-key": "key-ada" };
      const answer = await browser.send("GET", "/me", key);
      deepEqual([await answer.json(), answer.headers.getSetCookie()], [{ name: "Ada", session: null }, []]);
      deepEqual(await sessions.list("ada"), []);
      await refused(await browser.send("GET", "/fresh", key), 403, "reauthentication_required");
    });

    test("a page of another origin cannot use an API key that the browser adds", async ({ browser }) => {
      const headers = { "x-api-key": "key-ada", origin: "https://evil.example" };
      await refused(await browser.send("POST", "/me", headers), 401, "unauthenticated");
    });

    test("an inactive user cannot log in except by force, and has no access then", async ({ browser }) => {
      await refused(await browser.send("POST", "/login?user=eve"), 403, "user_inactive");
      equal((await browser.send("POST", "/login?user=eve&force")).status, 200);
      equal((await browser.send("GET", "/me")).status, 401);
    });

    test("who is not active sees no devices and ends none, but can log out", async ({ browser, sessions }) => {
      await browser.send("POST", "/login?user=eve&force");
      const [session] = await sessions.list("eve");
      deepEqual(await browser.ask("GET", "/devices"), [200, { sessions: [] }]);
      // Some applications of the contract guard these two, others leave it to the session: neither ends anything.
      await browser.send("DELETE", `/devices/${session?.id}`);
      await browser.send("DELETE", "/devices");
      equal((await sessions.list("eve")).length, 1);
      equal((await browser.send("POST", "/logout")).status, 204);
      deepEqual(await sessions.list("eve"), []);
    });

    test("who does not exist cannot log in", async ({ browser }) => {
      await refused(await browser.send("POST", "/login?user=mallory"), 403, "user_inactive");
    });
  });

  runner.describe("returning visitors", () => returningVisitors(test));

  runner.describe("a fresh login", () => {
    test("is fresh for a while, and can be confirmed", async ({ browser, clock }) => {
      await browser.send("POST", "/login?user=ada");
      deepEqual(await browser.ask("GET", "/step-up"), [200, { name: "Ada" }]);
      clock.advanceSeconds(60);
      await refused(await browser.send("GET", "/step-up"), 403, "reauthentication_required");
      equal((await browser.send("GET", "/fresh")).status, 200);
      clock.advanceSeconds(900);
      await refused(await browser.send("GET", "/fresh"), 403, "reauthentication_required");
      const before = browser.cookie;
      equal((await browser.send("POST", "/confirm?user=ada")).status, 200);
      equal(browser.cookie === before, false);
      equal((await browser.send("GET", "/fresh")).status, 200);
    });

    test("a login without a proof is not fresh", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada&stale");
      equal((await browser.send("GET", "/me")).status, 200);
      equal((await browser.send("GET", "/fresh")).status, 403);
    });

    test("another's proof confirms nothing", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada&stale");
      await refused(await browser.send("POST", "/confirm?user=grace"), 403, "invalid_credentials");
      equal((await browser.send("GET", "/fresh")).status, 403);
    });

    test("a cookie at another client is not fresh, until its holder proves who they are", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada", { "user-agent": "curl/8.5.0" });
      const other = { "user-agent": "Mozilla/5.0" };
      equal((await browser.send("GET", "/me", other)).status, 200);
      equal((await browser.send("GET", "/fresh", other)).status, 403);
      equal((await browser.send("POST", "/confirm?user=ada", other)).status, 200);
      equal((await browser.send("GET", "/fresh", other)).status, 200);
    });

    test(
      "under strong protection another client ends the session",
      async ({ browser }) => {
        await browser.send("POST", "/login?user=ada", { "user-agent": "curl/8.5.0" });
        equal((await browser.send("GET", "/me", { "user-agent": "Mozilla/5.0" })).status, 401);
        equal((await browser.send("GET", "/me", { "user-agent": "curl/8.5.0" })).status, 401);
      },
      { sessionProtection: "strong" },
    );
  });

  runner.describe("pages", () => {
    test("a person is sent to the login page, and finds the way back", async ({ browser }) => {
      const answer = await browser.send("GET", "/me?tab=1&x=%2F", PAGE);
      const location = "/login?next=%2Fme%3Ftab%3D1%26x%3D%252F";
      deepEqual([answer.status, answer.headers.get("location")], [303, location]);
      match(answer.headers.get("cache-control") ?? "", /no-store$/);
      deepEqual(await browser.ask("GET", `/next${location.slice(location.indexOf("?"))}`), [
        200,
        { next: "/me?tab=1&x=%2F" },
      ]);
      deepEqual(await browser.ask("GET", "/next?next=//evil.example"), [200, { next: "/" }]);
    });

    test("a script is not: it is told", async ({ browser }) => {
      for (const headers of [{}, { accept: "*/*" }, { accept: "text/html", "sec-fetch-mode": "cors" }]) {
        await refused(await browser.send("GET", "/me", headers), 401, "unauthenticated");
      }
      await refused(await browser.send("POST", "/me", { "sec-fetch-mode": "cors" }), 401, "unauthenticated");
    });

    test("who sends a form is sent to the login page, and back to the page of the form", async ({ browser }) => {
      const fromPage = { ...PAGE, "sec-fetch-site": "same-origin", referer: "http://localhost:3000/me?tab=1" };
      const answer = await browser.send("POST", "/me", fromPage);
      deepEqual([answer.status, answer.headers.get("location")], [303, "/login?next=%2Fme%3Ftab%3D1"]);
      equal((await browser.send("POST", "/me", PAGE)).headers.get("location"), "/login?next=%2F");
    });

    test("each part of an application may have a view or an answer of its own", async ({ browser }) => {
      equal((await browser.send("GET", "/admin", PAGE)).headers.get("location"), "/admin/login?next=%2Fadmin");
      equal((await browser.send("GET", "/teapot", PAGE)).status, 418);
    });

    test("a stale login is sent to the refresh page", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada&stale");
      equal((await browser.send("GET", "/fresh", PAGE)).headers.get("location"), "/confirm?next=%2Ffresh");
    });
  });

  runner.describe("other origins", () => {
    test("a page of another origin changes nothing", async ({ browser, sessions }) => {
      await browser.send("POST", "/login?user=ada");
      const evil = { origin: "https://evil.example" };
      await refused(await browser.send("POST", "/logout", evil), 403, "cross_origin_request");
      await refused(
        await browser.send("POST", "/logout", { "sec-fetch-site": "cross-site" }),
        403,
        "cross_origin_request",
      );
      equal((await sessions.list("ada")).length, 1);
    });

    test("nor does it log a user in", async ({ url, sessions }) => {
      const answer = await new Browser(url).send("POST", "/login?user=ada", { origin: "https://evil.example" });
      await refused(answer, 403, "cross_origin_request");
      deepEqual([answer.headers.getSetCookie(), await sessions.list("ada")], [[], []]);
    });

    test("two session cookies are refused", async ({ browser }) => {
      const cookie = "coatcheck-8080=a; coatcheck-8080=b";
      await refused(await browser.send("GET", "/me", { cookie }), 400, "duplicate_session_cookie");
    });

    test("a form needs this session's token", async ({ browser, url }) => {
      await browser.send("POST", "/login?user=ada");
      const token = await (await browser.send("GET", "/form")).text();
      equal((await browser.send("POST", "/form", { "x-csrf-token": token })).status, 204);
      // Another letter, whatever the first one is.
      const forged = `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
      equal((await browser.send("POST", "/form", { "x-csrf-token": forged })).status, 403);
      const other = new Browser(url);
      await other.send("POST", "/login?user=ada");
      equal((await other.send("POST", "/form", { "x-csrf-token": token })).status, 403);
    });

    test("a trusted page may read every answer, a refusal and a failure too", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada", { origin: TRUSTED });
      const page = { origin: TRUSTED, "sec-fetch-site": "same-site" };
      const twice = { ...page, cookie: "coatcheck-8080=a; coatcheck-8080=b" };
      const answers = [
        await browser.send("GET", "/me", page),
        await browser.send("GET", "/public", page),
        await browser.send("GET", "/fails", page),
        await browser.send("GET", "/nowhere", page),
        await browser.send("GET", "/me", twice),
        await browser.send("POST", "/logout", page),
        await browser.send("GET", "/me", page),
      ];
      deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 500, 404, 400, 204, 401],
      );
      for (const { headers } of answers) {
        equal(headers.get("access-control-allow-origin"), TRUSTED);
        equal(headers.get("access-control-allow-credentials"), "true");
        match(headers.get("vary") ?? "", /\bOrigin\b/);
      }
    });

    test("a preflight is answered to trusted pages, and to no others", async ({ browser }) => {
      const ask = { "access-control-request-method": "DELETE", "access-control-request-headers": "content-type" };
      const yes = await browser.send("OPTIONS", "/devices", { ...ask, origin: TRUSTED });
      equal(yes.status, 204);
      equal(yes.headers.get("access-control-allow-origin"), TRUSTED);
      equal(yes.headers.get("access-control-allow-headers"), "content-type");
      match(yes.headers.get("access-control-allow-methods") ?? "", /\bDELETE\b/);
      const no = await browser.send("OPTIONS", "/devices", { ...ask, origin: "http://localhost.evil.example:5173" });
      equal(no.headers.get("access-control-allow-origin"), null);
    });

    test("a sessionless route takes the request of any client, without a session", async ({ browser }) => {
      await browser.send("POST", "/login?user=ada");
      equal((await browser.send("POST", "/webhook", { origin: "https://payments.example" })).status, 204);
      equal((await browser.send("POST", "/webhook/", { origin: "https://payments.example" })).status, 403);
    });
  });

  runner.describe("faults", () => {
    test("a store that fails is a 503 that keeps the cookie", async ({ browser, store }) => {
      await browser.send("POST", "/login?user=ada");
      const isDown = () => Promise.reject(new CoatcheckError("store_unavailable", "The store is down."));
      Object.assign(store, { find: isDown, readFence: isDown });
      for (const [method, path] of [
        ["GET", "/me"],
        ["GET", "/maybe"],
        ["POST", "/logout"],
        ["POST", "/login?user=ada"],
        ["POST", "/confirm?user=ada"],
        ["GET", "/devices"],
      ] as const) {
        const answer = await browser.send(method, path);
        deepEqual([path, answer.status, answer.headers.getSetCookie()], [path, 503, []]);
      }
    });
  });
}

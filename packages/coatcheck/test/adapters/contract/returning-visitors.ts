import { deepEqual, equal, match } from "node:assert/strict";
import { Browser } from "./browser.ts";
import type { contractParts } from "./contract-application.ts";

const PAGE = { accept: "text/html", "sec-fetch-mode": "navigate" };
const MADE_UP = `coatcheck-8080=${"A".repeat(64)}`;

export type ContractBench = ReturnType<typeof contractParts> & { readonly url: string; readonly browser: Browser };
export type ContractTest = (
  name: string,
  body: (bench: ContractBench) => Promise<void>,
  options?: Parameters<typeof contractParts>[0],
) => void;

/** The part of the contract that is about who comes back, with which cookie, and what they are then. */
export function returningVisitors(test: ContractTest): void {
  test("a login outlives the browser if it was remembered, and is fresh for no longer than any other", async (bench) => {
    const { browser, clock } = bench;
    await browser.send("POST", "/login?user=ada");
    browser.restart();
    deepEqual(await browser.ask("GET", "/maybe"), [200, { name: null }]);

    await browser.send("POST", "/login?user=ada&remember");
    equal((await browser.send("GET", "/fresh")).status, 200);
    clock.advanceSeconds(3_600);
    browser.restart();
    equal((await browser.send("GET", "/me")).status, 200);
    equal((await browser.send("GET", "/fresh")).status, 403);
  });

  test("a remembered login can be confirmed, and is remembered as before", async ({ browser, clock }) => {
    await browser.send("POST", "/login?user=ada&remember");
    clock.advanceSeconds(3_600);
    const answer = await browser.send("POST", "/confirm?user=ada");
    match(answer.headers.getSetCookie()[0] ?? "", /; Max-Age=2592000$/);
    browser.restart();
    equal((await browser.send("GET", "/fresh")).status, 200);
  });

  test("a user who logged out of a remembered login stays logged out, and so does every copy", async ({
    browser,
    url,
  }) => {
    await browser.send("POST", "/login?user=ada&remember");
    const copy = new Browser(url);
    copy.cookie = browser.cookie;
    equal((await browser.send("POST", "/logout")).status, 204);
    browser.restart();
    for (const each of [browser, copy]) equal((await each.send("GET", "/me")).status, 401);
  });

  test("loading the user sets no cookie, and writes nothing", async ({ browser, store }) => {
    store.insert = () => Promise.reject(new Error("written"));
    store.update = () => Promise.reject(new Error("written"));
    for (const [path, expected] of [
      ["/maybe", 200],
      ["/me", 401],
      ["/devices", 200],
    ] as const) {
      const { status, headers } = await browser.send("GET", path);
      deepEqual([status, headers.getSetCookie()], [expected, []]);
    }
  });

  test("a made-up cookie names no user, and is left alone", async ({ browser }) => {
    for (const cookie of [MADE_UP, "coatcheck-8080=ada", "coatcheck-8080="]) {
      deepEqual(await browser.ask("GET", "/maybe", { cookie }), [200, { name: null }]);
      const answer = await browser.send("GET", "/me", { cookie });
      deepEqual([answer.status, answer.headers.getSetCookie()], [401, []]);
    }
  });

  test("an unknown API key names no user, and does not hide the user who is logged in", async ({ browser }) => {
    const key = { "x-api-key": "key-mallory" };
    deepEqual(await browser.ask("GET", "/maybe", key), [200, { name: null }]);
    equal((await browser.send("GET", "/me", key)).status, 401);
    await browser.send("POST", "/login?user=grace");
    deepEqual(await browser.ask("GET", "/maybe", key), [200, { name: "Grace" }]);
    deepEqual(await browser.ask("GET", "/maybe", { "x-api-key": "key-ada" }), [200, { name: "Grace" }]);
  });

  test("the way to the login page names no host, whatever the request says of it", async ({ browser }) => {
    const { headers } = await browser.send("GET", "/me?tab=1", { ...PAGE, host: "evil.example" });
    equal(headers.get("location"), "/login?next=%2Fme%3Ftab%3D1");
  });

  for (const sessionProtection of ["basic", "strong"] as const) {
    test(
      `under ${sessionProtection} protection the client that logged in stays fresh, request after request`,
      async ({ browser }) => {
        const own = { "user-agent": "curl/8.5.0" };
        await browser.send("POST", "/login?user=ada&remember", own);
        for (const path of ["/me", "/fresh", "/me", "/fresh"])
          equal((await browser.send("GET", path, own)).status, 200);
      },
      { sessionProtection },
    );
  }
}

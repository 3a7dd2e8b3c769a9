import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck } from "coatcheck/node";
import { expect, onTestFinished, test } from "vitest";
import { Browser } from "./contract/browser.ts";
import { contractParts } from "./contract/contract-application.ts";

const DAY = 86_400;
const page = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
const script = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An API with sessions, and a server in front that asks it for data by Node's fetch and drops what it sets. */
async function startBoth(headersOf: (request: Headers) => Record<string, string>) {
  const { clock, options, sessions } = contractParts();
  const events: string[] = [];
  for (const name of ["revoked", "rotation_suspended"] as const) {
    sessions.events.on(name, () => events.push(name));
  }
  const auth = coatcheck(options);
  const api = await listen(
    auth.handle(async (request, response) => {
      const session = auth.of(request);
      if (request.method === "POST") await session.login("ada", () => true, { remember: true });
      const user = (await session.load()).user;
      response.writeHead(user === null ? 401 : 200, { "content-type": "application/json" }).end("{}");
    }),
  );
  const renderer = await listen(async (request, response) => {
    const answer = await fetch(api, { headers: headersOf(new Headers(request.headers as Record<string, string>)) });
    response.writeHead(answer.status, { "content-type": "text/html" }).end();
  });
  const browser = new Browser(api);
  await browser.send("POST", "/login");
  const visitor = new Browser(renderer);
  visitor.cookie = browser.cookie;
  clock.advanceSeconds(DAY);
  return { clock, visitor, events };
}

const everything = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name !== "host" && name !== "connection"));

test.each([
  ["that hands on the cookie", page, (headers: Headers) => ({ cookie: headers.get("cookie") ?? "" }), []],
  ["that hands on every header of a page's request", page, everything, []],
  // It cannot be told from the browser, so three secrets are lost to it.
  ["that hands on every header of a script's request", script, everything, ["rotation_suspended"]],
] as const)(
  "a visitor of a server %s stays signed in, although it drops Set-Cookie",
  async (_who, says, headersOf, told) => {
    const { clock, visitor, events } = await startBoth(headersOf);
    const statuses = new Set<number>();
    for (let minute = 0; minute < 60; minute++) {
      statuses.add((await visitor.send("GET", "/", says)).status);
      clock.advanceSeconds(60);
    }
    expect([...statuses]).toEqual([200]);
    expect(events).toEqual(told);
  },
);

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { coatcheck as coatcheckHono } from "coatcheck/hono";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { LightResponse } from "../../src/adapters/door/light-response.ts";
import { Browser } from "./contract/browser.ts";
import { contractParts } from "./contract/contract-application.ts";

type Make = () => Response;
type Fetch = (request: Request) => Response | Promise<Response>;

const EDITS = [{ name: "vary", value: "Cookie", mode: "set" }] as const;

/** Made when they are asked for: by then, `Response` is that of the server. */
const light: Readonly<Record<string, Make>> = {
  JSON: () => Response.json({ id: 1 }),
  "a text without headers": () => new Response("plain"),
  "no body": () => new Response(null, { status: 204 }),
  bytes: () => new Response(new TextEncoder().encode("bytes"), { headers: { "Content-Type": "a/b" } }),
  "a status": () => Response.json({}, { status: 404 }),
  "a redirection": () => Response.redirect("http://localhost:8080/elsewhere", 302),
  "what it says to caches, in letters of its own": () =>
    new Response("kept", { headers: { "Cache-Control": " public, max-age=60", VARY: "Accept" } }),
  "a page": () => new Response("<p>", { headers: { "Content-Type": " text/html; charset=utf-8" } }),
  "no word of its type": () => new Response("?", { headers: { "x-kind": "unknown" } }),
};

const others: Readonly<Record<string, Make>> = {
  "Headers that were made before": () => new Response("a", { headers: new Headers({ "cache-control": "public" }) }),
  "a list of headers": () => new Response("a", { headers: [["vary", "Accept"]] }),
  "one name in two spellings": () => new Response("a", { headers: { Vary: "Accept", vary: "Origin" } }),
  "a stream": () => new Response(new Blob(["streamed"]).stream()),
  "a Blob": () => new Response(new Blob(["blob"], { type: "text/html" })),
  "a class of the application's, which makes itself of something else": () => {
    class Sums extends Response {
      constructor(...numbers: readonly number[]) {
        super(JSON.stringify(numbers), { headers: { "content-type": "application/json" } });
      }
    }
    return new Sums(1, 2);
  },
};

/** Has real headers from then on. */
function read(response: Response): Response {
  response.headers.get("vary");
  return response;
}

async function served(fetch: Fetch): Promise<Browser> {
  const server = createServer(getRequestListener(fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function fetchWith(make: Make): Fetch {
  const auth = coatcheckFetch(contractParts().options);
  return auth.handle(async (request, session) => {
    if (request.method === "POST") await session.login("ada", () => true);
    else await session.load();
    return request.url.endsWith("?read") ? read(make()) : make();
  });
}

function honoWith(make: Make): Fetch {
  const auth = coatcheckHono(contractParts().options);
  const app = new Hono().use(auth.middleware).post("/", async (c) => {
    await auth.login(c, "ada", () => true);
    return make();
  });
  app.get("/", auth.required, (c) => (c.req.query("read") === undefined ? make() : read(make())));
  return (request) => app.fetch(request);
}

const wireOf = async (response: Response) => {
  const { date, ...headers } = Object.fromEntries(response.headers);
  expect(date).toBeDefined();
  return { status: response.status, headers, body: await response.text() };
};

describe.each([
  ["fetch", fetchWith],
  ["Hono", honoWith],
])("in %s, what is sent is the same as by real headers", (_name, fetchOf) => {
  test.each(Object.entries({ ...light, ...others }))("of %s", async (_kind, make) => {
    const browser = await served(fetchOf(make));
    expect((await browser.send("POST", "/")).headers.getSetCookie()).toHaveLength(1);
    const [asItIs, byHeaders] = [await browser.send("GET", "/"), await browser.send("GET", "/?read")];
    expect(asItIs.headers.get("cache-control")).toContain("private");
    expect(asItIs.headers.get("vary")).toContain("Cookie");
    expect(await wireOf(asItIs)).toEqual(await wireOf(byHeaders));
  });
});

describe("such a response", () => {
  test.each(Object.entries(light))("is one that was made of %s", (_kind, make) => {
    getRequestListener(() => new Response());
    const response = make();
    const edited = LightResponse.of(response)?.with(EDITS);
    expect(edited).toBeInstanceOf(Response);
    // Still one of the kind: the server sends it without making real headers.
    expect(LightResponse.of(edited as Response)?.get("vary")).toMatch(/Cookie$/);
  });

  test.each(Object.entries(others))("is none that was made of %s", (_kind, make) => {
    getRequestListener(() => new Response());
    expect(LightResponse.of(make())).toBeNull();
  });

  test("is none that was read", () => {
    expect(LightResponse.of(read(Response.json({})))).toBeNull();
  });

  test("is not changed, and neither are the headers that it was made of: others are answered with them, too", () => {
    const headers = { "x-shared": "1" };
    const response = new Response("shared", { headers });
    const edits = [...EDITS, { name: "set-cookie", value: "mine=1", mode: "append" } as const];
    expect(LightResponse.of(response)?.with(edits)?.headers.getSetCookie()).toEqual(["mine=1"]);
    expect([headers, [...response.headers.keys()]]).toEqual([{ "x-shared": "1" }, ["x-shared"]]);
  });

  test("cannot have a second cookie beside one of the application's", () => {
    const response = new Response("", { headers: { "Set-Cookie": "theirs=1" } });
    expect(LightResponse.of(response)?.with([{ name: "set-cookie", value: "mine=1", mode: "append" }])).toBeNull();
  });
});

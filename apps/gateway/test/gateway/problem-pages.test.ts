import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
/** As browsers ask for a page, and a page's script for data. */
const PAGE = { accept: "text/html,*/*;q=0.8", "sec-fetch-mode": "navigate" };
const SCRIPT = { accept: "text/html,*/*;q=0.8", "sec-fetch-mode": "cors" };
const HTML = "text/html; charset=utf-8";
const PROBLEM = "application/problem+json; charset=utf-8";

let upstream: Server;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url !== "/app/silent") response.end("from upstream");
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const to = { upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, timeoutSeconds: 1 };
  const routes = [
    { path: "/app/", access: "login", ...to },
    { path: "/app/fresh/", access: "fresh_login", ...to },
    { path: "/app/staff/", access: "role:staff", ...to },
    { path: "/gone/", access: "public", upstream: "http://127.0.0.1:9" },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes), COATCHECK_FRESH_FOR_SECONDS: "2" });
  await gateway.addUser(ada.email, ada.password, "Ada");
  await gateway.start();
});

afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await gateway.dispose();
});

async function loggedIn(): Promise<Client> {
  const client = new Client(gateway.url);
  expect((await client.login(ada.email, ada.password)).status).toBe(200);
  return client;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** As a browser opens a page: what fetch sends says that it is a script. */
async function open(
  { cookieHeader }: Pick<Client, "cookieHeader">,
  path: string,
  { method = "GET", headers = PAGE }: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { method, headers: { ...headers, cookie: cookieHeader }, agent: false };
    request(gateway.url + path, options, resolve)
      .on("error", reject)
      .end();
  });
  const body = Buffer.concat(await message.toArray()).toString();
  return { status: message.statusCode, headers: message.headers, body };
}

/** A user whose password was given a while ago. */
async function staleVisitor(): Promise<Client> {
  const client = await loggedIn();
  const status = async () => (await client.send("GET", "/app/fresh/x")).status;
  await expect.poll(status, { timeout: 10_000 }).toBe(403);
  return client;
}

describe("a problem", () => {
  test.each([
    ["/app/staff/x", 403, "forbidden", "This page is not open to you"],
    ["/gone/x", 502, "upstream_unreachable", "This part of the site is not answering"],
    ["/app/silent", 504, "upstream_timeout", "This takes too long"],
    ["/app//x", 400, "invalid_path", "This address does not work"],
    ["/nothing", 404, "not_found", "There is nothing here"],
  ])("is a page for a browser that opens %s, and an object for a script", async (path, status, code, heading) => {
    const client = await loggedIn();
    const page = await open(client, path);
    expect(page.status).toBe(status);
    expect(page.headers).toMatchObject({ "content-type": HTML, "cache-control": "no-store" });
    expect(page.body).toContain(`<h1>${heading}</h1>`);
    expect(page.body).toContain(`Error ${status}: <code>${code}</code>`);

    const object = await client.send("GET", path, undefined, SCRIPT);
    expect([object.status, object.headers.get("content-type")]).toEqual([status, PROBLEM]);
    expect(await object.json()).toMatchObject({ status, code });
  });

  test("is an object for a script that sends something, and for a client that does not ask for a page", async () => {
    const client = await loggedIn();
    for (const asked of [
      { method: "POST", headers: { ...SCRIPT, origin: gateway.url } },
      { method: "PUT", headers: { ...PAGE, origin: gateway.url } },
      { headers: { accept: "*/*" } },
    ]) {
      const answer = await open(client, "/app/staff/x", asked);
      expect([answer.status, answer.headers["content-type"]]).toEqual([403, PROBLEM]);
    }
    const older = await open(client, "/app/staff/x", { headers: { accept: PAGE.accept } });
    expect([older.status, older.headers["content-type"]]).toEqual([403, HTML]);
  });

  test.each([
    ["/app/staff/x", 403, "forbidden", "/auth/sign-in?switch-user&#38;next=%2Fapp%2Fform%3Fa%3D1"],
    ["/gone/x", 502, "upstream_unreachable", "/app/form?a=1"],
    ["/app/fresh/x", 403, "reauthentication_required", "/auth/confirm?next=%2Fapp%2Fform%3Fa%3D1"],
  ])("of a form is a page that leads back to it: %s", async (path, status, code, href) => {
    const client = await staleVisitor();
    const headers = { ...PAGE, origin: gateway.url, referer: `${gateway.url}/app/form?a=1` };
    const page = await open(client, path, { method: "POST", headers });
    expect([page.status, page.headers["content-type"], page.headers.location]).toEqual([status, HTML, undefined]);
    expect(page.body).toContain(`Error ${status}: <code>${code}</code>`);
    expect(page.body).toContain(`href="${href}"`);
  });

  test("of a form that comes too late is a page that leads to the sign-in page, and to the form again", async () => {
    const send = (referer: string | null) =>
      open(new Client(gateway.url), "/app/form", {
        method: "POST",
        headers: { ...PAGE, origin: gateway.url, ...(referer !== null && { referer }) },
      });
    const page = await send(`${gateway.url}/app/form`);
    expect([page.status, page.body]).toEqual([401, expect.stringContaining("<h1>You are signed out</h1>")]);
    expect(page.body).toContain('href="/auth/sign-in?next=%2Fapp%2Fform"');
    for (const elsewhere of [null, "https://elsewhere.example/app/form", "nonsense"]) {
      expect((await send(elsewhere)).body).toContain('href="/auth/sign-in?next=%2F"');
    }
  });

  test("of a form of another site is a page that leads to the start", async () => {
    const client = await loggedIn();
    const headers = { ...PAGE, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    for (const path of ["/app/form", "/auth/logout"]) {
      const page = await open(client, path, { method: "POST", headers });
      expect([page.status, page.body]).toEqual([403, expect.stringContaining("<h1>This came from another site</h1>")]);
    }
    expect((await client.send("GET", "/auth/me")).status).toBe(200);
  });

  test("is a page with the headers of the other pages, and no body where none is wanted", async () => {
    const client = await loggedIn();
    const own = ({ headers }: Answer) =>
      Object.entries(headers).filter(([name]) => /^(content-security|cross-origin|referrer|x-content)/.test(name));
    const [problem, signIn] = [
      await open(client, "/app/staff/x"),
      await open(new Client(gateway.url), "/auth/sign-in"),
    ];
    expect(own(problem)).toEqual(own(signIn));
    expect(own(problem)).toHaveLength(5);
    const head = await open(client, "/app/staff/x", { method: "HEAD" });
    expect([head.status, head.headers["content-type"], head.body]).toEqual([403, HTML, ""]);
  });

  test("with the cookies is a page, on our own paths too", async () => {
    const client = await loggedIn();
    const cookieHeader = `${client.cookieHeader}; ${client.cookieHeader}`;
    for (const path of ["/app/page", "/auth/account"]) {
      const page = await open({ cookieHeader }, path);
      expect([page.status, page.body]).toEqual([400, expect.stringContaining("two sign-in cookies")]);
    }
  });

  test("with the store is a page that says when to try again, and leaves the cookie", async () => {
    const client = await loggedIn();
    const database = new Database(`${gateway.folder}/coatcheck.sqlite`);
    try {
      database.exec("ALTER TABLE coatcheck_sessions RENAME TO gone");
      for (const path of ["/app/page?tab=1", "/auth/account"]) {
        const page = await open(client, path);
        expect([page.status, page.headers["retry-after"], page.headers["set-cookie"]]).toEqual([503, "1", undefined]);
        expect(page.body).toContain(`href="${path}">Try again</a>`);
      }
    } finally {
      database.exec("ALTER TABLE gone RENAME TO coatcheck_sessions");
      database.close();
    }
    expect((await open(client, "/app/page")).status).toBe(200);
  });
});

describe("an address that takes no GET", () => {
  test("leads a person who opens the login to the sign-in page", async () => {
    const visitor = new Client(gateway.url);
    const opened = await open(visitor, "/auth/login");
    expect([opened.status, opened.headers.location]).toEqual([303, "/auth/sign-in"]);
    const object = await visitor.send("GET", "/auth/login", undefined, SCRIPT);
    expect([object.status, object.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await object.json()).toMatchObject({ code: "method_not_allowed" });
  });

  test("is a page that does not offer to try again", async () => {
    const page = await open(new Client(gateway.url), "/auth/reauthenticate");
    expect([page.status, page.headers.allow]).toEqual([405, "POST"]);
    expect(page.body).toContain("<h1>This address is not a page</h1>");
    expect(page.body).not.toContain("Try again");
  });
});

describe("a user who is signed in to another account than they need", () => {
  test("is offered to sign in again, and finds the form", async () => {
    const client = await loggedIn();
    const way = "/auth/sign-in?switch-user&next=%2Fapp%2Fstaff%2Fx%3Ftab%3D1";
    const problem = await open(client, "/app/staff/x?tab=1");
    expect(problem.body).toContain(`href="${way.replace("&", "&#38;")}"`);
    const form = await open(client, way);
    expect([form.status, form.body]).toEqual([200, expect.stringContaining("<h1>Sign in</h1>")]);
    const plain = await open(client, way.replace("switch-user&", ""));
    expect([plain.status, plain.headers.location]).toEqual([302, "/app/staff/x?tab=1"]);
  });
});

describe("what the password once more would open", () => {
  test("leads a person to give it, and back", async () => {
    const client = await staleVisitor();
    const sent = await open(client, "/app/fresh/x?tab=1");
    const way = "/auth/confirm?next=%2Fapp%2Ffresh%2Fx%3Ftab%3D1";
    expect([sent.status, sent.headers.location]).toEqual([303, way]);
    expect(sent.headers["cache-control"]).toBe("no-store");

    const form = await open(client, way);
    expect([form.status, form.body]).toEqual([200, expect.stringContaining("<h1>Is it still you?</h1>")]);
    expect((await client.send("POST", "/auth/reauthenticate", { password: ada.password })).status).toBe(200);
    expect((await open(client, way)).headers.location).toBe("/app/fresh/x?tab=1");
  });

  test("is an object for a script", async () => {
    const client = await staleVisitor();
    const response = await client.send("GET", "/app/fresh/x", undefined, SCRIPT);
    expect([response.status, await response.json()]).toMatchObject([403, { code: "reauthentication_required" }]);
  });

  test("asks no user who has just signed in, and no visitor", async () => {
    const fresh = await open(await loggedIn(), "/auth/confirm?next=%2Fapp%2Fpage");
    expect([fresh.status, fresh.headers.location]).toEqual([302, "/app/page"]);
    const visitor = await open(new Client(gateway.url), "/auth/confirm?next=%2Fapp%2Fpage");
    expect([visitor.status, visitor.headers.location]).toEqual([302, "/auth/sign-in?next=%2Fapp%2Fpage"]);
  });

  test.each(["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"])(
    "leads nowhere else: %s",
    async (next) => {
      const response = await open(new Client(gateway.url), `/auth/confirm?${new URLSearchParams({ next })}`);
      expect(response.headers.location).toBe("/auth/sign-in?next=%2Fauth%2Faccount");
    },
  );
});

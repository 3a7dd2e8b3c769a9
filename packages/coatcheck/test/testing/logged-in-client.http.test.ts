import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SessionManager, standardPolicy } from "coatcheck";
import { RequestGuard } from "coatcheck/adapter";
import { coatcheck } from "coatcheck/fastify";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { loggedInClient, ManualClock } from "coatcheck/testing";
import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { type ApplicationOptions, applications } from "./five-applications.ts";

const ORIGIN = "https://app.example";
const PROTECTIONS = ["basic", "strong", "off"] as const;

/** Guards that refuse whatever they may: what a client gets past here, it gets past anywhere. */
function setUp(own: Partial<ApplicationOptions> = {}) {
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  const options: ApplicationOptions = {
    sessions,
    origin: ORIGIN,
    headerlessRequests: "refuse",
    crossOriginRequests: "refuse_always",
    findUser: (id) => ({ id }),
    ...own,
  };
  return { clock, sessions, options, guard: new RequestGuard({ sessions, origin: ORIGIN }) };
}

for (const [framework, run] of Object.entries(applications)) {
  describe(framework, () => {
    test("is logged in, changes something, and is logged out by the application's own logout", async () => {
      const { options, sessions } = setUp();
      const { close, ...way } = await run(options);
      try {
        const client = await loggedInClient({ userId: "ada", ...way });
        expect(await (await client.fetch("/me")).json()).toEqual({ id: "ada", fresh: true });
        expect((await client.fetch("/logout", { method: "POST" })).status).toBe(204);
        expect(client.cookie).toBeNull();
        expect((await client.fetch("/me")).status).toBe(401);
        expect(await sessions.list("ada")).toEqual([]);
      } finally {
        await close();
      }
    });

    test.each(PROTECTIONS)("is as fresh as is asked, with session protection %s", async (sessionProtection) => {
      const { options } = setUp({ sessionProtection });
      const { close, ...way } = await run(options);
      try {
        const fresh = await loggedInClient({ userId: "ada", ...way });
        expect((await fresh.fetch("/fresh")).status).toBe(200);
        const stale = await loggedInClient({ userId: "ada", fresh: false, ...way });
        expect(await (await stale.fetch("/me")).json()).toEqual({ id: "ada", fresh: false });
        expect((await stale.fetch("/fresh")).status).toBe(403);
      } finally {
        await close();
      }
    });

    test("follows the cookie to its next secret", async () => {
      const { clock, options } = setUp();
      const { close, ...way } = await run(options);
      try {
        const client = await loggedInClient({ userId: "ada", remember: true, ...way });
        const first = client.cookie;
        for (let day = 1; day <= 3; day++) {
          clock.advanceSeconds(86_400);
          expect((await client.fetch("/me")).status).toBe(200);
          // It comes back, and becomes the current one: a client that kept the old one would be found out tomorrow.
          expect((await client.fetch("/me")).status).toBe(200);
        }
        expect(client.cookie).not.toBe(first);
      } finally {
        await close();
      }
    });
  });
}

test("headers and cookies can be carried by hand, as for app.inject", async () => {
  const { clock, options } = setUp();
  const auth = coatcheck(options);
  const { guard } = auth;
  const app = Fastify().register(auth.plugin);
  app.get("/", async (request) => (await auth.of(request).load()).user);
  app.post("/logout", async (request) => auth.of(request).logout());
  const client = await loggedInClient({ guard, userId: "ada", remember: true });
  clock.advanceSeconds(86_400);
  const before = client.cookie;
  const response = await app.inject({ url: "/", headers: client.headers() });
  expect(response.json()).toEqual({ id: "ada" });
  client.keepCookies(response.headers["set-cookie"]);
  expect(client.cookie).not.toBe(before);
  const farewell = await app.inject({ method: "POST", url: "/logout", headers: client.headers("POST") });
  expect(farewell.statusCode).toBe(200);
  client.keepCookies(farewell.headers["set-cookie"]);
  expect(client.cookie).toBeNull();
});

test("the session is a real one, begun by the client that goes on using it", async () => {
  const { guard, sessions } = setUp();
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const clientAddress = "192.0.2.7";
  const data = { theme: "dark" };
  const client = await loggedInClient({ guard, userId: "ada", userAgent, clientAddress, data, methods: ["otp"] });
  expect(await sessions.list("ada")).toEqual([client.session]);
  expect(client.session).toMatchObject({
    userId: "ada",
    methods: ["otp"],
    data,
    device: { label: "Firefox on Linux", userAgent, ip: "192.0.2.7" },
  });
  expect(client.headers()["user-agent"]).toBe(userAgent);
  expect(client.cookie).toMatch(/^__Host-Http-session=[A-Za-z0-9_-]{64}$/);
});

test("says what a script of the page says: its origin only where something may change", async () => {
  const { guard } = setUp();
  const received: Request[] = [];
  const send = (request: Request) => {
    received.push(request);
    return new Response(null, { status: 303, headers: { location: "/elsewhere" } });
  };
  const client = await loggedInClient({ guard, userId: "ada", send });
  await client.fetch("/a?b=c", { headers: { accept: "text/html", "sec-fetch-mode": "navigate" } });
  await client.fetch(new Request(`${ORIGIN}/d`, { method: "PUT", body: "e" }));
  expect(received.map(({ url }) => url)).toEqual([`${ORIGIN}/a?b=c`, `${ORIGIN}/d`]);
  const [get, put] = received.map(({ headers }) => Object.fromEntries(headers));
  const common = { cookie: client.cookie, "sec-fetch-site": "same-origin", "user-agent": "coatcheck/testing" };
  expect(get).toMatchObject({ ...common, accept: "text/html", "sec-fetch-mode": "navigate" });
  expect(get).not.toHaveProperty("origin");
  expect(put).toMatchObject({ ...common, origin: ORIGIN, "sec-fetch-mode": "cors" });
  expect(await received[1]?.text()).toBe("e");
});

test("a redirection is the answer, and is followed where that is asked for", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/new") response.end("here");
    else response.writeHead(303, { location: "/new", "set-cookie": "visited=old" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const client = await loggedInClient({ guard: setUp().guard, userId: "ada", url });
    const answer = await client.fetch("/old");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/new"]);
    expect(client.cookie).toMatch(/; visited=old$/);
    expect(await (await client.fetch("/old", { redirect: "follow" })).text()).toBe("here");
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test("keeps the application's other cookies, too, and sends none elsewhere", async () => {
  const { guard } = setUp();
  const send = () => new Response(null, { headers: { "set-cookie": "theme=dark; Path=/" } });
  const client = await loggedInClient({ guard, userId: "ada", send });
  await client.fetch("/");
  expect(client.cookie).toMatch(/^__Host-Http-session=\S+; theme=dark$/);
  client.keepCookies(["theme=; Path=/; Max-Age=0"]);
  expect(client.cookie).toMatch(/^__Host-Http-session=\S+$/);
  await expect(client.fetch("https://evil.example/")).rejects.toThrow("https://evil.example/ is not of");
});

test("a login that comes to nothing is an error", async () => {
  const clock = new ManualClock();
  const policy = { ...standardPolicy, limit: { maximum: 1, whenFull: "refuse" } } as const;
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock, policy });
  const guard = new RequestGuard({ sessions, origin: ORIGIN });
  await loggedInClient({ guard, userId: "ada" });
  await expect(loggedInClient({ guard, userId: "ada" })).rejects.toThrow(
    '"ada" came to nothing: session_limit_reached',
  );
});

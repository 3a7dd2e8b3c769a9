import { CoatcheckError, SessionManager } from "coatcheck";
import { coatcheck, fastifyDoors } from "coatcheck/fastify";
import { MemorySessionStore } from "coatcheck/stores/memory";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { afterEach, expect, test, vi } from "vitest";

let app: FastifyInstance;

afterEach(() => app.close());

/** An application on a real port, with a login for user 1 that asks for nothing. */
async function listen() {
  const store = new MemorySessionStore();
  const sessions = new SessionManager({ store });
  const auth = coatcheck({ sessions, origin: "http://localhost:8080", findUser: (id) => ({ id }) });
  app = Fastify();
  app.register(auth.plugin);
  app.post("/login", async (request, reply) => {
    const login = await auth.login(request, "1", () => true);
    return login.ok ? { id: login.session.id } : auth.answer(login, reply);
  });
  app.post("/logout", async (request, reply) => {
    await auth.of(request).logout();
    return reply.code(204).send();
  });
  app.get(
    "/me",
    auth.required((_request, _reply, { session }) => session),
  );
  app.get("/public", async () => "hello");
  const url = await app.listen({ port: 0, host: "127.0.0.1" });

  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, headers });
  const login = async (): Promise<string> => {
    const [cookie = ""] = (await call("POST", "/login")).headers.getSetCookie();
    return cookie.slice(0, cookie.indexOf(";"));
  };
  return { store, sessions, call, login };
}

test("logs in, recognises, logs out; a copied cookie is dead afterwards", async () => {
  const { call, login } = await listen();
  const cookie = await login();
  expect(cookie).toMatch(/^coatcheck-8080=[A-Za-z0-9_-]{64}$/);
  expect(await (await call("GET", "/me", { cookie })).json()).toMatchObject({ userId: "1" });

  const departure = await call("POST", "/logout", { cookie });
  expect(departure.status).toBe(204);
  expect(departure.headers.getSetCookie()).toEqual(["coatcheck-8080=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]);
  expect((await call("GET", "/me", { cookie })).status).toBe(401);
});

test("the client's address and user agent are kept with the session", async () => {
  const { call, sessions } = await listen();
  await call("POST", "/login", {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  });
  const [session] = await sessions.list("1");
  expect(session?.device).toMatchObject({ label: "Firefox on Linux", ip: "127.0.0.1" });
});

test("a refused request is answered with a problem, before the handler", async () => {
  const { call, login, sessions } = await listen();
  const cookie = await login();
  const answer = await call("POST", "/logout", { cookie, origin: "https://evil.example" });
  expect(answer.status).toBe(403);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(await answer.json()).toMatchObject({ code: "cross_origin_request", status: 403 });
  expect(await sessions.list("1")).toHaveLength(1);

  expect((await call("GET", "/me", { cookie: `${cookie}; ${cookie}` })).status).toBe(400);
});

test("a refusal that the application forgets to answer does not reach the handler", async () => {
  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const auth = coatcheck({ sessions, origin: "http://localhost:8080", findUser: () => null });
  app = Fastify();
  app.register(auth.plugin, { onRefused: () => {} });
  const handler = vi.fn(async () => "reached");
  app.post("/", handler);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const cookie = `coatcheck-8080=${"A".repeat(64)}`;
  const answer = await fetch(url, { method: "POST", headers: { cookie, origin: "https://evil.example" } });
  expect([answer.status, handler.mock.calls]).toEqual([403, []]);
});

test("a route that does not ask for the session gets no header of ours", async () => {
  const { call, login } = await listen();
  const answer = await call("GET", "/public", { cookie: await login() });
  expect(await answer.text()).toBe("hello");
  expect([answer.headers.get("cache-control"), answer.headers.get("vary")]).toEqual([null, null]);
});

test("a store that fails is a 503 that keeps the cookie", async () => {
  const { call, login, store } = await listen();
  const cookie = await login();
  vi.spyOn(store, "find").mockRejectedValue(new CoatcheckError("store_unavailable", "The store is down."));
  for (const [method, path] of [
    ["GET", "/me"],
    ["POST", "/logout"],
  ] as const) {
    const answer = await call(method, path, { cookie });
    expect(answer.status).toBe(503);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
});

/** Two origins on one port, each with a door and so with a cookie of its own. */
async function listenForTwoOrigins() {
  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const findUser = (id: string) => ({ id });
  const doors = new Map(
    ["one.localhost:1001", "two.localhost:1002"].map((host) => [
      host,
      coatcheck({
        sessions,
        origin: `http://${host}`,
        crossOriginRequests: "refuse_always",
        findUser,
        loginView: `/login-of-${host.split(".")[0]}`,
      }),
    ]),
  );
  const doorOf = ({ headers: { host = "" } }: FastifyRequest) => {
    const door = doors.get(host);
    if (door === undefined) throw new Error(`There is no door for ${host}.`);
    return door;
  };
  app = Fastify();
  const auth = fastifyDoors(doorOf);
  app.register(auth.plugin);
  const handler = vi.fn(async (request: FastifyRequest) => {
    const { ok } = await auth.login(request, "1", () => true);
    return { ok };
  });
  app.post("/login", handler);
  app.get(
    "/me",
    auth.required((_request, _reply, { user }) => user),
  );
  app.get(
    "/fresh",
    auth.freshRequired((_request, _reply, { user }) => user, { withinSeconds: 60 }),
  );
  app.get("/hooked", { preHandler: auth.requireLogin }, async (request) => (await auth.of(request).load()).user);
  await app.ready();
  const login = (host: string, headers: Record<string, string> = {}) =>
    app.inject({ method: "POST", url: "/login", headers: { host, ...headers } });
  const get = (url: string, headers: Record<string, string>) => app.inject({ method: "GET", url, headers });
  return { handler, login, get };
}

test("a door that is chosen for the request decides by its own origin, with its own cookie", async () => {
  const { handler, login } = await listenForTwoOrigins();
  for (const [host, other] of [
    ["one.localhost:1001", "two.localhost:1002"],
    ["two.localhost:1002", "one.localhost:1001"],
  ] as const) {
    const answer = await login(host, { origin: `http://${host}` });
    expect([answer.statusCode, String(answer.headers["set-cookie"])]).toEqual([
      200,
      expect.stringMatching(new RegExp(`^coatcheck-${host.split(":")[1]}=`)),
    ]);
    expect((await login(host, { origin: `http://${other}` })).statusCode).toBe(403);
  }
  expect(handler).toHaveBeenCalledTimes(2);
});

test("where no door is chosen, the handler is not reached", async () => {
  const { handler, login } = await listenForTwoOrigins();
  expect((await login("three.localhost")).statusCode).toBe(500);
  expect(handler).not.toHaveBeenCalled();
});

test("routes of several doors are guarded as those of one, each in the way of its own door", async () => {
  const { login, get } = await listenForTwoOrigins();
  const [host, other] = ["one.localhost:1001", "two.localhost:1002"];
  const cookie = String((await login(host)).headers["set-cookie"]).split(";")[0] ?? "";
  for (const url of ["/me", "/fresh", "/hooked"]) {
    expect((await get(url, { host, cookie })).json()).toEqual({ id: "1" });
    expect((await get(url, { host })).statusCode).toBe(401);
    // The cookie of one origin is no cookie of another.
    expect((await get(url, { host: other, cookie })).statusCode).toBe(401);
    const { statusCode, headers } = await get(url, { host: other, accept: "text/html" });
    expect([statusCode, headers.location]).toEqual([303, `/login-of-two?next=${encodeURIComponent(url)}`]);
  }
});

test("what is no request of the framework's passes the same guard", async () => {
  const auth = coatcheck({ origin: "http://localhost:8080", findUser: (id) => ({ id }) });
  app = Fastify();
  app.register(auth.plugin);
  app.post("/login", async (request) => ({ ok: (await auth.login(request, "1", () => true)).ok }));
  const login = await app.inject({ method: "POST", url: "/login" });
  const cookie = String(login.headers["set-cookie"]).split(";")[0] ?? "";
  const upgrade = { cookie, upgrade: "websocket", origin: "http://localhost:8080" };
  const session = auth.admit({ method: "GET", headers: new Headers(upgrade) });
  if (!session.ok) throw new Error(session.code);
  expect((await session.load()).user).toEqual({ id: "1" });

  await auth.sessions.revokeAll("1");
  expect((await session.load()).user).toEqual({ id: "1" });
  expect((await session.reload()).user).toBeNull();

  const forged = auth.admit({ method: "GET", headers: new Headers({ ...upgrade, origin: "http://evil.example" }) });
  expect(forged).toMatchObject({ ok: false, code: "cross_origin_request" });
  await auth.close();
});

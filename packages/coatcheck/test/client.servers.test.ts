import { execFile } from "node:child_process";
import { SessionManager } from "coatcheck";
import { Client, ClientError } from "coatcheck/client";
import { coatcheck } from "coatcheck/fetch";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const clients: Client[] = [];
beforeEach(() => vi.stubGlobal("location", { origin: "http://localhost:3000" }));
afterEach(() => {
  vi.unstubAllGlobals();
  for (const client of clients.splice(0)) client.close();
});

interface Me {
  readonly id: string;
}

/** An application at "/auth" with its sessions, and a browser's way to it: `fetch` that keeps one cookie. */
function setUp() {
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  const auth = coatcheck({ sessions, origin: "http://localhost:3000", findUser: (id) => ({ id }) });
  const routes: Record<string, (request: Request) => Promise<Response>> = {
    "POST /auth/login": auth.handle(async (request, session) => {
      const { password } = (await request.json()) as { password: string };
      const login = await session.login("ada", () => password === "right");
      return login.ok ? Response.json(login.user) : auth.answer(login);
    }),
    "POST /auth/reauthenticate": auth.handle(async (_request, session) => {
      await session.confirm(() => true);
      return Response.json({});
    }),
    "POST /auth/logout": auth.handle(async (_request, session) => {
      await session.logout();
      return new Response(null, { status: 204 });
    }),
    "GET /auth/me": auth.required((_request, { user }) => Response.json(user)),
    "GET /auth/sessions": auth.required(async (_request, session) =>
      Response.json({ sessions: await session.devices() }),
    ),
    "DELETE /auth/sessions": auth.freshRequired(async (_request, session) =>
      Response.json({ revoked: await session.revokeOthers() }),
    ),
    "POST /songs": auth.required(async (request) => new Response(await request.text())),
  };
  let cookie: string | null = null;
  const send: typeof fetch = async (url, options) => {
    const request = new Request(new URL(String(url), "http://localhost:3000"), options);
    if (cookie !== null) request.headers.set("cookie", cookie);
    const route = routes[`${request.method} ${new URL(request.url).pathname}`];
    const response = (await route?.(request)) ?? new Response(null, { status: 404 });
    for (const field of response.headers.getSetCookie()) {
      const pair = field.slice(0, field.indexOf(";"));
      cookie = pair.endsWith("=") ? null : pair;
    }
    return response;
  };
  const open = (authenticate?: (needed: string) => Promise<boolean>) => {
    const client = new Client<Me, { sessions: { id: string }[] }>({
      fetch: send,
      ...(authenticate === undefined ? {} : { authenticate }),
    });
    clients.push(client);
    return client;
  };
  return { clock, sessions, open };
}

test("logs in, knows who that is, lists and ends sessions, logs out", async () => {
  const { open } = setUp();
  const client = open();
  expect(await client.me()).toBeNull();
  expect(await client.login({ password: "right" })).toEqual({ id: "ada" });
  expect(await client.me()).toEqual({ id: "ada" });
  expect((await client.sessions()).sessions).toHaveLength(1);
  await client.revoke();
  await client.logout();
  expect(await client.me()).toBeNull();
});

test("a wrong password is an error with its code, and starts no confirmation", async () => {
  const authenticate = vi.fn(async () => true);
  const login = setUp().open(authenticate).login({ password: "wrong" });
  await expect(login).rejects.toThrow(ClientError);
  await expect(login).rejects.toMatchObject({ status: 401, code: "invalid_credentials" });
  expect(authenticate).not.toHaveBeenCalled();
});

test("a request that needs a fresh login is sent once more after it, and the question is asked once", async () => {
  const { open, clock } = setUp();
  const authenticate = vi.fn(async (needed: string) => {
    expect(needed).toBe("fresh_login");
    await client.reauthenticate({ password: "right" });
    return true;
  });
  const client = open(authenticate);
  await client.login({ password: "right" });
  clock.advanceSeconds(900);
  await Promise.all([client.revoke(), client.revoke()]);
  expect(authenticate).toHaveBeenCalledTimes(1);
});

test("a request with a body is sent again as it was, after a login", async () => {
  const { open } = setUp();
  const client = open(async (needed) => {
    expect(needed).toBe("login");
    await client.login({ password: "right" });
    return true;
  });
  const response = await client.fetch("/songs", { method: "POST", body: "a song" });
  expect(await response.text()).toBe("a song");
});

test("a user who declines gets the answer as it was, and is asked again next time", async () => {
  const authenticate = vi.fn(async () => false);
  const client = setUp().open(authenticate);
  for (const _ of [1, 2]) expect((await client.fetch("/songs", { method: "POST" })).status).toBe(401);
  expect(authenticate).toHaveBeenCalledTimes(2);
});

test("it is sent once more, not for ever", async () => {
  const authenticate = vi.fn(async () => true);
  expect((await setUp().open(authenticate).fetch("/songs", { method: "POST" })).status).toBe(401);
  expect(authenticate).toHaveBeenCalledTimes(1);
});

test("a client that was closed logs out all the same", async () => {
  const { open } = setUp();
  const client = open();
  await client.login({ password: "right" });
  client.close();
  await client.logout();
  expect(await client.me()).toBe(null);
});

test("every tab hears of a logout, whichever tab did it", async () => {
  const { open } = setUp();
  const [here, there, closed] = [open(), open(), open()];
  closed.close();
  const unheard = vi.fn();
  closed.onLogout(unheard);
  here.onLogout(unheard)();
  await here.login({ password: "right" });
  const heardThere = new Promise<void>((resolve) => there.onLogout(resolve));
  const heardHere = new Promise<void>((resolve) => here.onLogout(resolve));
  await here.logout();
  await Promise.all([heardHere, heardThere]);
  expect(unheard).not.toHaveBeenCalled();
});

/** What a module prints in a process of its own, which has to end by itself. */
function runAlone(code: string): Promise<string> {
  const library = new URL("../dist/client.js", import.meta.url).href;
  const source = `const { Client } = await import(${JSON.stringify(library)});
    const fetch = async () => Response.json({ id: "ada" });
    ${code}`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ["--input-type=module", "--eval", source], { timeout: 20_000 }, (error, output) => {
      if (error === null) resolve(output.trim());
      else reject(error);
    });
  });
}

test.each(["", "globalThis.location = { origin: 'http://localhost' };"])(
  "a process in which pages are rendered ends, though its clients were never closed: %j",
  async (setUp) => {
    expect(await runAlone(`${setUp} console.log((await new Client({ fetch }).me()).id);`)).toBe("ada");
  },
);

test("on a server, one user's logout is no news for the clients of others", async () => {
  const code = `
    const other = new Client({ fetch });
    other.onLogout(() => console.log("told of another's logout"));
    const own = new Client({ fetch });
    own.onLogout(() => console.log("told of its own"));
    await own.logout();
    await new Promise((resolve) => setTimeout(resolve, 100));`;
  expect(await runAlone(code)).toBe("told of its own");
});

for (const [where, setUp] of [
  ["where there is no BroadcastChannel", "delete globalThis.BroadcastChannel;"],
  [
    "where the browser refuses one",
    "globalThis.BroadcastChannel = class { constructor() { throw new Error('insecure'); } };",
  ],
]) {
  test(`a page logs in and out ${where}, and this tab hears of it`, async () => {
    const code = `globalThis.location = {}; ${setUp}
      const client = new Client({ fetch });
      client.onLogout(() => console.log("logged out"));
      console.log((await client.me()).id);
      await client.logout();
      client.close();`;
    expect(await runAlone(code)).toBe("ada\nlogged out");
  });
}

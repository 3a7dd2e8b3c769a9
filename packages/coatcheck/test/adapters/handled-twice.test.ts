import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { coatcheck as coatcheckNode } from "coatcheck/node";
import { expect, onTestFinished, test } from "vitest";

// A request that goes through the guard twice, and one that goes through it only by `required`.

const parts = { origin: "http://localhost:3000", findUser: (id: string) => ({ id }) };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const cookiesOf = (response: Response) => response.headers.getSetCookie().map((cookie) => cookie.split("=")[0]);

test("fetch: the same Request, given to a handler once more, has a session that can still write its cookie", async () => {
  const auth = coatcheckFetch(parts);
  const logIn = auth.handle(async (_request, session) => {
    const login = await session.login("ada", () => true);
    return login.ok ? Response.json(login.user) : auth.answer(login);
  });
  const request = new Request("http://localhost:3000/login", { method: "POST" });
  for (let time = 0; time < 2; time += 1) {
    const response = await logIn(request);
    expect([response.status, cookiesOf(response)]).toEqual([200, ["coatcheck-3000"]]);
  }
});

test("node: a handle within a handle has the session of the outer one, which alone writes the cookie", async () => {
  const auth = coatcheckNode(parts);
  const sessions = new Set<object>();
  const inner = auth.handle(async (request, response, session) => {
    sessions.add(session).add(auth.of(request));
    await session.login("ada", () => true);
    response.end();
  });
  const url = await serve(
    auth.handle((request, response, session) => {
      sessions.add(session);
      return inner(request, response);
    }),
  );
  expect(cookiesOf(await fetch(url, { method: "POST" }))).toEqual(["coatcheck-3000"]);
  expect(sessions.size).toBe(1);
});

test("node: what a handle within a handle throws is answered, and told once", async () => {
  const told: unknown[] = [];
  const auth = coatcheckNode({ ...parts, onError: (error) => void told.push(error) });
  const inner = auth.handle(() => Promise.reject(new Error("as it was told")));
  // The outer listener does not wait for the inner one.
  const url = await serve(auth.handle((request, response) => void inner(request, response)));
  expect((await fetch(url)).status).toBe(500);
  expect(told).toEqual([new Error("as it was told")]);
});

test("node: required is behind the guard by itself, so that a server of it alone works", async () => {
  const auth = coatcheckNode({ ...parts, onError: () => {} });
  const url = await serve(auth.required((_request, response, { user }) => response.end(user.id)));
  expect((await fetch(url)).status).toBe(401);
  const evil = { origin: "https://evil.example", cookie: "coatcheck-3000=x" };
  expect((await fetch(url, { method: "POST", headers: evil })).status).toBe(403);

  const logIn = await serve(
    auth.handle(async (request, response) => {
      await auth.login(request, "ada", () => true);
      response.end();
    }),
  );
  const [cookie = ""] = (await fetch(logIn, { method: "POST" })).headers.getSetCookie();
  const answer = await fetch(url, { headers: { cookie: cookie.split(";")[0] ?? "" } });
  expect([answer.status, await answer.text()]).toEqual([200, "ada"]);
});

test("node: what the handler of a lone required throws is answered with 500 and ends no process", async () => {
  const told: unknown[] = [];
  const auth = coatcheckNode({
    ...parts,
    findUser: () => Promise.reject(new Error("no users")),
    onError: (error) => void told.push(error),
  });
  const logIn = await auth.sessions.login(await auth.sessions.begin("ada"));
  if (logIn.outcome !== "logged_in") throw new Error(logIn.outcome);
  const url = await serve(auth.freshRequired(() => {}));
  expect((await fetch(url, { headers: { cookie: `coatcheck-3000=${logIn.token}` } })).status).toBe(500);
  expect(told).toEqual([new Error("no users")]);
});

import { SessionManager } from "coatcheck";
import { coatcheck as coatcheckExpress } from "coatcheck/express";
import { coatcheck as coatcheckFastify } from "coatcheck/fastify";
import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { MemorySessionStore } from "coatcheck/stores/memory";
import Fastify from "fastify";
import { expect, test } from "vitest";

const origin = "http://localhost:8080";

/** An application of its own: user 1 of the one is not user 1 of the other. */
function applicationOf(name: string) {
  const sessions = new SessionManager({ store: new MemorySessionStore() });
  return { sessions, origin, findUser: (id: string) => ({ id, name }) };
}

const arrival = (cookie?: string) =>
  new Request(origin, { method: "POST", headers: cookie === undefined ? {} : { cookie } });

async function cookieOf(login: Promise<Response>): Promise<string> {
  return (await login).headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

test("a request of another door has no session here: its ids are of other users", async () => {
  const [customers, staff] = [coatcheckFetch(applicationOf("customer")), coatcheckFetch(applicationOf("staff"))];
  const request = arrival();
  const handle = customers.handle(async (_request, auth) => {
    await auth.login("1", () => true);
    expect(() => staff.of(request)).toThrow(expect.objectContaining({ code: "guard_not_installed" }));
    return Response.json(customers.of(request).user);
  });
  expect(await (await handle(request)).json()).toEqual({ id: "1", name: "customer" });
});

test("nor does one door stand for another around the same request", async () => {
  const [outer, inner] = [coatcheckFetch(applicationOf("customer")), coatcheckFetch(applicationOf("staff"))];
  const logIn = outer.handle(async (_request, auth) => Response.json(await auth.login("1", () => true)));
  const route = inner.handle(async (_request, auth) => Response.json((await auth.load()).user));
  const handle = outer.handle((request) => route(request));
  expect(await (await handle(arrival(await cookieOf(logIn(arrival()))))).json()).toBeNull();
});

test("two doors over the same sessions have each its own user of a request, found once", async () => {
  const { sessions } = applicationOf("customer");
  const found: string[] = [];
  const doorOf = (kind: string) => {
    const findUser = (id: string) => {
      found.push(kind);
      return `${kind} ${id}`;
    };
    return coatcheckFetch({ sessions, origin, findUser });
  };
  const [names, numbers] = [doorOf("name"), doorOf("number")];
  const cookie = await cookieOf(
    names.handle(async (_request, auth) => {
      await auth.login("1", () => true);
      return new Response();
    })(arrival()),
  );
  found.length = 0;
  const handle = names.handle((request) =>
    numbers.handle(async () => {
      const users = [];
      for (let time = 0; time < 2; time++) {
        for (const door of [names, numbers]) users.push((await door.of(request).load()).user);
      }
      return Response.json(users);
    })(request),
  );
  expect(await (await handle(arrival(cookie))).json()).toEqual(["name 1", "number 1", "name 1", "number 1"]);
  expect(found).toEqual(["name", "number"]);
});

test("a request that passed no guard is said to be one, with what to write", async () => {
  const app = Fastify();
  app.get(
    "/",
    coatcheckFastify(applicationOf("customer")).required(() => "in"),
  );
  const answer = await app.inject("/");
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    expect.objectContaining({
      code: "guard_not_installed",
      message: expect.stringMatching(/await app\.register\(auth\.plugin\) before your routes/),
    }),
  ]);
  expect(() => coatcheckExpress(applicationOf("customer")).of({} as never)).toThrow(
    /did not pass the guard\. Put app\.use\(auth\.middleware\) before your routes\./,
  );
});

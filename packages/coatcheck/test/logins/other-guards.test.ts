import { LoginManager, RequestGuard, SessionManager } from "coatcheck";
import { ExpressLogin } from "coatcheck/adapters/express";
import { FastifyLogin } from "coatcheck/adapters/fastify";
import { FetchLogin } from "coatcheck/adapters/fetch";
import { MemorySessionStore } from "coatcheck/stores/memory";
import Fastify from "fastify";
import { expect, test } from "vitest";

const origin = "http://localhost:8080";

/** An application of its own: user 1 of the one is not user 1 of the other. */
function logins(name: string) {
  const guard = new RequestGuard({ sessions: new SessionManager({ store: new MemorySessionStore() }), origin });
  return new LoginManager({ guard, userLoader: (id) => ({ id, name }) });
}

test("a visit of another guard is nobody's: its ids are of other users", async () => {
  const [customers, staff] = [logins("customer"), logins("staff")];
  const visit = customers.guard.admit({ method: "POST", headers: new Headers() });
  if (!visit.admitted) throw new Error(visit.code);
  await visit.login(await customers.guard.sessions.begin("1"));
  expect(await customers.of(visit).currentUser()).toEqual({ id: "1", name: "customer" });
  expect(() => staff.of(visit)).toThrow(expect.objectContaining({ code: "guard_not_installed" }));
});

test("nor does one guard stand for another around the same request", async () => {
  const [outer, inner] = [new FetchLogin(logins("customer")), new FetchLogin(logins("staff"))];
  const route = inner.handle(async (_request, visit) => Response.json(await visit.currentUser()));
  const handle = outer.handle((request) => route(request));
  await expect(handle(new Request(origin))).rejects.toMatchObject({ code: "guard_not_installed" });
});

test("two managers over the same sessions share a guard, and each has its own user of a visit, loaded once", async () => {
  const { guard } = logins("customer");
  const loaded: string[] = [];
  const managerOf = (kind: string) =>
    new LoginManager({
      guard,
      userLoader: (id) => {
        loaded.push(kind);
        return `${kind} ${id}`;
      },
    });
  const [names, numbers] = [managerOf("name"), managerOf("number")];
  const visit = guard.admit({ method: "POST", headers: new Headers() });
  if (!visit.admitted) throw new Error(visit.code);
  await visit.login(await guard.sessions.begin("1"));
  for (let time = 0; time < 2; time++) {
    expect([await names.of(visit).currentUser(), await numbers.of(visit).currentUser()]).toEqual([
      "name 1",
      "number 1",
    ]);
  }
  expect(loaded).toEqual(["name", "number"]);
});

test("a request that passed no guard is said to be one", async () => {
  const app = Fastify();
  app.get(
    "/",
    new FastifyLogin(logins("customer")).loginRequired(() => "in"),
  );
  const answer = await app.inject("/");
  expect([answer.statusCode, answer.json().code]).toEqual([500, "guard_not_installed"]);
  expect(() => new ExpressLogin(logins("customer")).visit({})).toThrow(/did not pass the guard/);
});

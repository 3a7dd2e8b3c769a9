import type { AuthSession, LoggedIn, LoginOutcome, Session } from "coatcheck";
import * as onExpress from "coatcheck/express";
import * as onFastify from "coatcheck/fastify";
import * as onFetch from "coatcheck/fetch";
import * as onHono from "coatcheck/hono";
import * as onNode from "coatcheck/node";
import { Hono } from "hono";
import { expect, expectTypeOf, test } from "vitest";

interface Account {
  readonly id: string;
  readonly name: string;
}

const findAccount = async (id: string): Promise<Account | undefined> => ({ id, name: "Ada" });
const options = { origin: "https://app.example", findUser: findAccount };
const withKeys = { ...options, findRequestUser: (): Account | null => null };

test("the user of a guarded handler is there, in every framework, without a cast", async () => {
  const [express, fastify, fetch, hono, node] = [
    onExpress.coatcheck(options),
    onFastify.coatcheck(options),
    onFetch.coatcheck(options),
    onHono.coatcheck(options),
    onNode.coatcheck(options),
  ];
  expectTypeOf(express).toEqualTypeOf<onExpress.ExpressAuth<Account>>();
  expectTypeOf(fastify).toEqualTypeOf<onFastify.FastifyAuth<Account>>();
  expectTypeOf(fetch).toEqualTypeOf<onFetch.FetchAuth<Account>>();
  expectTypeOf(hono).toEqualTypeOf<onHono.HonoAuth<Account>>();
  expectTypeOf(node).toEqualTypeOf<onNode.NodeAuth<Account>>();

  for (const guard of ["required", "freshRequired"] as const) {
    express[guard]((_request, _response, auth) => expectTypeOf(auth).toEqualTypeOf<LoggedIn<Account>>());
    fastify[guard]((_request, _reply, { user }) => expectTypeOf(user).toEqualTypeOf<Account>());
    fetch[guard]((_request, { user, session }) => {
      expectTypeOf(user).toEqualTypeOf<Account>();
      expectTypeOf(session).toEqualTypeOf<Session>();
      return new Response();
    });
    node[guard]((_request, _response, { user, session }) => {
      expectTypeOf(user).toEqualTypeOf<Account>();
      expectTypeOf(session).toEqualTypeOf<Session>();
    });
  }
  new Hono().get("/", hono.required, hono.freshRequired(), (c) => {
    expectTypeOf(c.var.auth).toEqualTypeOf<LoggedIn<Account>>();
    return c.text("");
  });
  await Promise.all([express, fastify, fetch, hono, node].map((door) => door.close()));
  expect.assertions(0);
});

test("where requests may name their user, a session may be missing, but none of a fresh login", () => {
  const anyUser = ({ user, session }: { readonly user: Account; readonly session: Session | null }) => {
    expectTypeOf(user).toEqualTypeOf<Account>();
    expectTypeOf(session).toEqualTypeOf<Session | null>();
  };
  onExpress.coatcheck(withKeys).required((_request, _response, auth) => {
    expectTypeOf(auth.session).toEqualTypeOf<Session | null>();
    anyUser(auth);
  });
  onFastify.coatcheck(withKeys).required((_request, _reply, auth) => {
    expectTypeOf(auth.session).toEqualTypeOf<Session | null>();
    anyUser(auth);
  });
  onNode.coatcheck(withKeys).required((_request, _response, auth) => {
    expectTypeOf(auth.session).toEqualTypeOf<Session | null>();
    anyUser(auth);
  });
  const fetch = onFetch.coatcheck(withKeys);
  fetch.required((_request, { user, session }) => {
    expectTypeOf(user).toEqualTypeOf<Account>();
    expectTypeOf(session).toEqualTypeOf<Session | null>();
    return new Response();
  });
  fetch.freshRequired((_request, { session }) => {
    expectTypeOf(session).toEqualTypeOf<Session>();
    return new Response();
  });
  const hono = onHono.coatcheck(withKeys);
  new Hono().get("/", hono.required, (c) => {
    expectTypeOf(c.var.auth.user).toEqualTypeOf<Account>();
    expectTypeOf(c.var.auth.session).toEqualTypeOf<Session | null>();
    return c.text("");
  });
  expect.assertions(0);
});

test("what a login came to has a user or a code, and nothing of both", () => {
  const read = (login: LoginOutcome<Account>) => {
    if (login.ok) {
      expectTypeOf(login.user).toEqualTypeOf<Account>();
      expectTypeOf(login.session).toEqualTypeOf<Session>();
      return login.user.name;
    }
    expectTypeOf(login.status).toEqualTypeOf<number>();
    expectTypeOf(login).not.toHaveProperty("user");
    return login.code;
  };
  expect(read({ ok: true, user: { id: "1", name: "Ada" }, session: {} as Session })).toBe("Ada");
});

test("outside of a guarded handler the user may be missing", () => {
  const door = onFetch.coatcheck(options);
  door.handle((_request, auth) => {
    expectTypeOf(auth).toEqualTypeOf<AuthSession<Account>>();
    expectTypeOf(auth.user).toEqualTypeOf<Account | null>();
    expectTypeOf(auth.session).toEqualTypeOf<Session | null>();
    return new Response();
  });
  expect.assertions(0);
});

test("a request of another framework, a misspelt option and a check that is no function do not compile", () => {
  const express = onExpress.coatcheck(options);
  expectTypeOf<object>().not.toExtend<Parameters<typeof express.of>[0]>();
  expectTypeOf<Request>().not.toExtend<Parameters<typeof express.of>[0]>();
  expectTypeOf<true>().not.toExtend<Parameters<typeof express.login>[2]>();
  expectTypeOf<"trustedOrigin">().not.toExtend<keyof onExpress.ExpressOptions<Account>>();
  expectTypeOf<{ origin: string }>().not.toExtend<onExpress.ExpressOptions<Account>>();
  expect.assertions(0);
});

import { coatcheck, type FastifyOptions, type FastifyRefusalHandler } from "coatcheck/fastify";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";

type Person = { readonly id: string };

let app: FastifyInstance;
afterEach(() => app.close());

/** An application whose "/hook" is behind a hook, and whose "/route" is behind a guarded handler. */
async function setUp(unauthorizedHandler?: FastifyRefusalHandler, onRefused?: FastifyRefusalHandler) {
  const reached: string[] = [];
  const options: FastifyOptions<Person> & { findRequestUser?: undefined } = {
    origin: "http://localhost:8080",
    findUser: (id) => ({ id }),
    crossOriginRequests: "refuse_always",
    ...(unauthorizedHandler !== undefined && { unauthorizedHandler }),
  };
  const auth = coatcheck(options);
  app = Fastify();
  app.addHook("onClose", () => auth.close());
  await app.register(auth.plugin, onRefused === undefined ? {} : { onRefused });
  // As a compression has it: the body is not out when `send` returns.
  app.addHook("onSend", async (_request, _reply, payload) => {
    await new Promise((resolve) => setImmediate(resolve));
    return payload;
  });
  const secret = async () => {
    reached.push("secret");
    return "secret";
  };
  app.get("/hook", { preHandler: auth.requireLogin }, secret);
  app.get("/route", auth.required(secret));
  app.post("/public", secret);
  return { reached };
}

const PATHS = ["/hook", "/route"];

test.each(PATHS)("%s: what a handler returns is the body of the refusal, and lets no request through", async (path) => {
  const { reached } = await setUp(() => ({ error: "no" }));
  const { statusCode, body } = await app.inject(path);
  expect({ statusCode, body, reached }).toEqual({ statusCode: 401, body: '{"error":"no"}', reached: [] });
});

test.each(PATHS)("%s: a status that goes with the body stays", async (path) => {
  await setUp((_refusal, _request, reply) => {
    reply.code(418);
    return "teapot";
  });
  expect(await app.inject(path)).toMatchObject({ statusCode: 418, body: "teapot" });
});

test.each(PATHS)("%s: what a handler sends without returning it is not answered again", async (path) => {
  const { reached } = await setUp((_refusal, _request, reply) => {
    reply.code(418).send("teapot");
  });
  const { statusCode, body } = await app.inject(path);
  expect({ statusCode, body, reached }).toEqual({ statusCode: 418, body: "teapot", reached: [] });
});

test.each(PATHS)("%s: a redirection goes out as one", async (path) => {
  await setUp((_refusal, _request, reply) => {
    reply.redirect("/login");
  });
  expect(await app.inject(path)).toMatchObject({ statusCode: 302, headers: { location: "/login" } });
});

test.each(PATHS)("%s: what a handler leaves unanswered is answered by default", async (path) => {
  const { reached } = await setUp(() => {});
  const { statusCode } = await app.inject(path);
  expect({ statusCode, reached }).toEqual({ statusCode: 401, reached: [] });
});

const ELSEWHERE = { method: "POST", url: "/public", headers: { origin: "https://evil.example" } } as const;

test("a request that the guard refused is answered once, too", async () => {
  const { reached } = await setUp(undefined, (_refusal, _request, reply) => {
    reply.code(418).send("teapot");
  });
  const { statusCode, body } = await app.inject(ELSEWHERE);
  expect({ statusCode, body, reached }).toEqual({ statusCode: 418, body: "teapot", reached: [] });
});

test("a body for a request that the guard refused has the refusal's status", async () => {
  await setUp(undefined, () => "no");
  expect(await app.inject(ELSEWHERE)).toMatchObject({ statusCode: 403, body: "no" });
});

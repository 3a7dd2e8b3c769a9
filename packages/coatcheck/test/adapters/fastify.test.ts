import { FastifyLogin } from "coatcheck/adapters/fastify";
import Fastify from "fastify";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractLogins } from "./contract/contract-application.ts";

interface LoginQuery {
  readonly user: string;
  readonly remember?: string;
  readonly force?: string;
  readonly stale?: string;
}

async function serve(logins: ContractLogins) {
  const login = new FastifyLogin(logins);
  const app = Fastify();
  app.register(login.plugin);

  app.post<{ Querystring: LoginQuery }>("/login", async (request, reply) => {
    const { user, remember, force, stale } = request.query;
    const visit = login.visit(request);
    const result = await visit.login(await visit.begin(user), {
      remember: remember !== undefined,
      force: force !== undefined,
      fresh: stale === undefined,
    });
    return result.outcome === "refused" ? login.refuse(result.refusal, reply) : { name: result.user.name };
  });
  app.post<{ Querystring: LoginQuery }>("/confirm", async (request, reply) => {
    const visit = login.visit(request);
    const result = await visit.confirmLogin(await visit.begin(request.query.user));
    return result.outcome === "refused" ? login.refuse(result.refusal, reply) : { name: result.user.name };
  });
  app.post("/logout", async (request, reply) => {
    await login.visit(request).logout();
    return reply.code(204).send();
  });
  const me = login.loginRequired((_request, _reply, { user, session }) => ({
    name: user.name,
    session: session?.id ?? null,
  }));
  app.get("/me", me);
  app.post("/me", me);
  app.get(
    "/fresh",
    login.freshLoginRequired(async (_request, _reply, { user }) => ({ name: user.name })),
  );
  app.get(
    "/step-up",
    login.freshLoginRequired(async (_request, _reply, { user }) => ({ name: user.name }), { withinSeconds: 60 }),
  );
  app.get("/maybe", async (request) => ({ name: (await login.visit(request).currentUser())?.name ?? null }));
  app.get("/public", async () => "hello");
  app.get("/devices", async (request) => ({ sessions: await login.visit(request).sessions() }));
  app.delete<{ Params: { id: string } }>(
    "/devices/:id",
    login.loginRequired(async (request) => ({ revoked: await login.visit(request).revoke(request.params.id) })),
  );
  app.delete("/devices", async (request) => ({ revoked: await login.visit(request).signOutOtherDevices() }));
  app.get("/form", async (request) => request.visit.csrfToken());
  app.post("/form", async (request, reply) => {
    const isValid = await request.visit.isCsrfTokenValid(String(request.headers["x-csrf-token"]));
    return reply.code(isValid ? 204 : 403).send();
  });
  app.get("/next", async (request) => ({ next: login.visit(request).next() }));
  app.register(
    (admin, _options, done) => {
      admin.addHook("preHandler", login.with({ loginView: "/admin/login" }).requireLogin);
      admin.get("/", async () => "admin");
      done();
    },
    { prefix: "/admin" },
  );
  const teapot = login.with({ unauthorizedHandler: (_refusal, _request, reply) => reply.code(418).send() });
  app.get(
    "/teapot",
    teapot.loginRequired(() => "tea"),
  );
  app.get("/fails", async (request) => {
    await login.visit(request).identify();
    throw new Error("as it was told");
  });
  app.get("/stream", async (request, reply) => {
    await login.visit(request).identify();
    return reply.send(new ReadableStream({ start: sendTwo }));
  });
  app.post("/webhook", async (_request, reply) => reply.code(204).send());

  return { url: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
}

function sendTwo(controller: ReadableStreamDefaultController): void {
  const encoder = new TextEncoder();
  for (const part of ["one", "two"]) controller.enqueue(encoder.encode(part));
  controller.close();
}

adapterContract({ runner: { describe, test }, serve });

import { coatcheck } from "coatcheck/fastify";
import Fastify from "fastify";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractOptions } from "./contract/contract-application.ts";

interface LoginQuery {
  readonly user: string;
  readonly remember?: string;
  readonly force?: string;
  readonly stale?: string;
}

async function serve(options: ContractOptions) {
  const auth = coatcheck(options);
  const app = Fastify();
  app.register(auth.plugin);

  app.post<{ Querystring: LoginQuery }>("/login", async (request, reply) => {
    const { user, remember, force, stale } = request.query;
    const session = auth.of(request);
    const result = await session.login(user, () => true, {
      remember: remember !== undefined,
      force: force !== undefined,
      fresh: stale === undefined,
    });
    return result.ok ? { name: result.user.name } : auth.answer(result, reply);
  });
  app.post<{ Querystring: LoginQuery }>("/confirm", async (request, reply) => {
    const session = auth.of(request);
    const result = await session.confirm(async () => (await session.load()).user?.id === request.query.user);
    return result.ok ? { name: result.user.name } : auth.answer(result, reply);
  });
  app.post("/logout", async (request, reply) => {
    await auth.of(request).logout();
    return reply.code(204).send();
  });
  const me = auth.required((_request, _reply, { user, session }) => ({
    name: user.name,
    session: session?.id ?? null,
  }));
  app.get("/me", me);
  app.post("/me", me);
  app.get(
    "/fresh",
    auth.freshRequired(async (_request, _reply, { user }) => ({ name: user.name })),
  );
  app.get(
    "/step-up",
    auth.freshRequired(async (_request, _reply, { user }) => ({ name: user.name }), { withinSeconds: 60 }),
  );
  app.get("/maybe", async (request) => ({ name: (await auth.of(request).load()).user?.name ?? null }));
  app.get("/public", async () => "hello");
  app.get("/devices", async (request) => ({ sessions: await auth.of(request).devices() }));
  app.delete<{ Params: { id: string } }>(
    "/devices/:id",
    auth.required(async (request) => ({ revoked: await auth.of(request).revoke(request.params.id) })),
  );
  app.delete("/devices", async (request) => ({ revoked: await auth.of(request).revokeOthers() }));
  app.get("/form", async (request) => auth.of(request).csrfToken());
  app.post("/form", async (request, reply) => {
    const isValid = await auth.of(request).isCsrfTokenValid(String(request.headers["x-csrf-token"]));
    return reply.code(isValid ? 204 : 403).send();
  });
  app.get("/next", async (request) => ({ next: auth.of(request).next() }));
  app.register(
    (admin, _options, done) => {
      admin.addHook("preHandler", auth.with({ loginView: "/admin/login" }).requireLogin);
      admin.get("/", async () => "admin");
      done();
    },
    { prefix: "/admin" },
  );
  const teapot = auth.with({ unauthorizedHandler: (_refusal, _request, reply) => reply.code(418).send() });
  app.get(
    "/teapot",
    teapot.required(() => "tea"),
  );
  app.get("/fails", async (request) => {
    await auth.of(request).load();
    throw new Error("as it was told");
  });
  app.get("/stream", async (request, reply) => {
    await auth.of(request).load();
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

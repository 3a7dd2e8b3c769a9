import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck } from "coatcheck/express";
import express5 from "express";
import express4 from "express4";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractOptions, ServeApplication } from "./contract/contract-application.ts";

for (const [version, express] of Object.entries({ "Express 5": express5, "Express 4": express4 as typeof express5 })) {
  describe(version, () => adapterContract({ runner: { describe, test }, serve: serveWith(express) }));
}

function serveWith(express: typeof express5): ServeApplication {
  return async (options: ContractOptions) => {
    const auth = coatcheck(options);
    const app = express();
    // Its error handler would print every fault that is made on purpose here.
    app.set("env", "test");
    app.use(auth.middleware);

    app.post(
      "/login",
      auth.handle(async (request, response, session) => {
        const { user, remember, force, stale } = request.query;
        const result = await session.login(String(user), () => true, {
          remember: remember !== undefined,
          force: force !== undefined,
          fresh: stale === undefined,
        });
        if (!result.ok) return auth.answer(result, response);
        response.json({ name: result.user.name });
      }),
    );
    app.post(
      "/confirm",
      auth.handle(async (request, response, session) => {
        const result = await session.confirm(async () => (await session.load()).user?.id === request.query.user);
        if (!result.ok) return auth.answer(result, response);
        response.json({ name: result.user.name });
      }),
    );
    app.post(
      "/logout",
      auth.handle(async (_request, response, session) => {
        await session.logout();
        response.status(204).end();
      }),
    );
    const me = auth.required((_request, response, { user, session }) =>
      response.json({ name: user.name, session: session?.id ?? null }),
    );
    app.route("/me").get(me).post(me);
    app.get(
      "/fresh",
      auth.freshRequired((_request, response, { user }) => response.json({ name: user.name })),
    );
    app.get(
      "/step-up",
      auth.freshRequired((_request, response, { user }) => response.json({ name: user.name }), {
        withinSeconds: 60,
      }),
    );
    app.get(
      "/maybe",
      auth.handle(async (_request, response, session) => {
        response.json({ name: (await session.load()).user?.name ?? null });
      }),
    );
    app.get("/public", (_request, response) => void response.send("hello"));
    app.get(
      "/devices",
      auth.handle(async (_request, response, session) => response.json({ sessions: await session.devices() })),
    );
    app.delete(
      "/devices/:id",
      auth.handle<{ id: string }>(async ({ params }, response, session) => {
        response.json({ revoked: await session.revoke(params.id) });
      }),
    );
    app.delete(
      "/devices",
      auth.handle(async (_request, response, session) => response.json({ revoked: await session.revokeOthers() })),
    );
    app.get("/form", async (request, response) => {
      response.send(await auth.of(request).csrfToken());
    });
    app.post("/form", async (request, response) => {
      const isValid = await auth.of(request).isCsrfTokenValid(request.get("x-csrf-token") ?? "");
      response.status(isValid ? 204 : 403).end();
    });
    app.get("/next", (request, response) => void response.json({ next: auth.of(request).next() }));

    const admin = express.Router();
    admin.use(auth.with({ loginView: "/admin/login" }).requireLogin);
    admin.get("/", (_request, response) => void response.send("admin"));
    app.use("/admin", admin);
    const teapot = auth.with({ unauthorizedHandler: (_refusal, _request, response) => response.status(418).end() });
    app.get("/teapot", teapot.requireLogin);
    app.get(
      "/fails",
      auth.handle(async (_request, _response, session) => {
        await session.load();
        throw new Error("as it was told");
      }),
    );
    app.get("/stream", async (request, response) => {
      await auth.of(request).load();
      response.write("one");
      response.end("two");
    });
    app.post("/webhook", (_request, response) => void response.status(204).end());

    const server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
  };
}

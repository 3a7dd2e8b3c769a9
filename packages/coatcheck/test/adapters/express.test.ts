import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ExpressLogin } from "coatcheck/adapters/express";
import express5 from "express";
import express4 from "express4";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractLogins, ServeApplication } from "./contract/contract-application.ts";

for (const [version, express] of Object.entries({ "Express 5": express5, "Express 4": express4 as typeof express5 })) {
  describe(version, () => adapterContract({ runner: { describe, test }, serve: serveWith(express) }));
}

function serveWith(express: typeof express5): ServeApplication {
  return async (logins: ContractLogins) => {
    const login = new ExpressLogin(logins);
    const app = express();
    // Its error handler would print every fault that is made on purpose here.
    app.set("env", "test");
    app.use(login.sessions);

    app.post(
      "/login",
      login.handle(async (request, response, visit) => {
        const { user, remember, force, stale } = request.query;
        const result = await visit.login(await visit.begin(String(user)), {
          remember: remember !== undefined,
          force: force !== undefined,
          fresh: stale === undefined,
        });
        if (result.outcome === "refused") return login.refuse(result.refusal, response);
        response.json({ name: result.user.name });
      }),
    );
    app.post(
      "/confirm",
      login.handle(async (request, response, visit) => {
        const result = await visit.confirmLogin(await visit.begin(String(request.query.user)));
        if (result.outcome === "refused") return login.refuse(result.refusal, response);
        response.json({ name: result.user.name });
      }),
    );
    app.post(
      "/logout",
      login.handle(async (_request, response, visit) => {
        await visit.logout();
        response.status(204).end();
      }),
    );
    const me = login.loginRequired((_request, response, { user, session }) =>
      response.json({ name: user.name, session: session?.id ?? null }),
    );
    app.route("/me").get(me).post(me);
    app.get(
      "/fresh",
      login.freshLoginRequired((_request, response, { user }) => response.json({ name: user.name })),
    );
    app.get(
      "/step-up",
      login.freshLoginRequired((_request, response, { user }) => response.json({ name: user.name }), {
        withinSeconds: 60,
      }),
    );
    app.get(
      "/maybe",
      login.handle(async (_request, response, visit) => {
        response.json({ name: (await visit.currentUser())?.name ?? null });
      }),
    );
    app.get("/public", (_request, response) => void response.send("hello"));
    app.get(
      "/devices",
      login.handle(async (_request, response, visit) => response.json({ sessions: await visit.sessions() })),
    );
    app.delete(
      "/devices/:id",
      login.handle<{ id: string }>(async ({ params }, response, visit) => {
        response.json({ revoked: await visit.revoke(params.id) });
      }),
    );
    app.delete(
      "/devices",
      login.handle(async (_request, response, visit) => response.json({ revoked: await visit.signOutOtherDevices() })),
    );
    app.get("/form", async (request, response) => {
      response.send(await login.visit(request).visit.csrfToken());
    });
    app.post("/form", async (request, response) => {
      const isValid = await login.visit(request).visit.isCsrfTokenValid(request.get("x-csrf-token") ?? "");
      response.status(isValid ? 204 : 403).end();
    });
    app.get("/next", (request, response) => void response.json({ next: login.visit(request).next() }));

    const admin = express.Router();
    admin.use(login.with({ loginView: "/admin/login" }).requireLogin);
    admin.get("/", (_request, response) => void response.send("admin"));
    app.use("/admin", admin);
    const teapot = login.with({ unauthorizedHandler: (_refusal, _request, response) => response.status(418).end() });
    app.get("/teapot", teapot.requireLogin);
    app.get(
      "/fails",
      login.handle(async (_request, _response, visit) => {
        await visit.identify();
        throw new Error("as it was told");
      }),
    );
    app.get("/stream", async (request, response) => {
      await login.visit(request).identify();
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

import { serve as listen } from "@hono/node-server";
import { HonoLogin } from "coatcheck/adapters/hono";
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractLogins } from "./contract/contract-application.ts";

async function serve(logins: ContractLogins) {
  const login = new HonoLogin(logins);
  const app = new Hono();
  app.use(login.sessions);

  app.post("/login", async (c) => {
    const { user = "", remember, force, stale } = c.req.query();
    const visit = login.visit(c);
    const result = await visit.login(await visit.begin(user), {
      remember: remember !== undefined,
      force: force !== undefined,
      fresh: stale === undefined,
    });
    return result.outcome === "refused" ? login.refuse(result.refusal) : c.json({ name: result.user.name });
  });
  app.post("/confirm", async (c) => {
    const visit = login.visit(c);
    const result = await visit.confirmLogin(await visit.begin(c.req.query("user") ?? ""));
    return result.outcome === "refused" ? login.refuse(result.refusal) : c.json({ name: result.user.name });
  });
  app.post("/logout", async (c) => {
    await login.visit(c).logout();
    return c.body(null, 204);
  });
  app.on(["GET", "POST"], "/me", login.loginRequired, (c) =>
    c.json({ name: c.var.who.user.name, session: c.var.who.session?.id ?? null }),
  );
  app.get("/fresh", login.freshLoginRequired(), (c) => c.json({ name: c.var.who.user.name }));
  app.get("/step-up", login.freshLoginRequired({ withinSeconds: 60 }), (c) => c.json({ name: c.var.who.user.name }));
  app.get("/maybe", async (c) => c.json({ name: (await login.visit(c).currentUser())?.name ?? null }));
  app.get("/public", (c) => c.text("hello"));
  app.get("/devices", async (c) => c.json({ sessions: await login.visit(c).sessions() }));
  app.delete("/devices/:id", async (c) => c.json({ revoked: await login.visit(c).revoke(c.req.param("id")) }));
  app.delete("/devices", async (c) => c.json({ revoked: await login.visit(c).signOutOtherDevices() }));
  app.get("/form", async (c) => c.text((await login.visit(c).visit.csrfToken()) ?? ""));
  app.post("/form", async (c) => {
    const isValid = await login.visit(c).visit.isCsrfTokenValid(c.req.header("x-csrf-token") ?? "");
    return c.body(null, isValid ? 204 : 403);
  });
  app.get("/next", (c) => c.json({ next: login.visit(c).next() }));
  app.get("/admin", login.with({ loginView: "/admin/login" }).loginRequired, (c) => c.text("admin"));
  const teapot = login.with({ unauthorizedHandler: (_refusal, c) => c.body(null, 418) });
  app.get("/teapot", teapot.loginRequired, (c) => c.text("tea"));
  app.get("/fails", async (c) => {
    await login.visit(c).identify();
    throw new Error("as it was told");
  });
  app.get("/stream", async (c) => {
    await login.visit(c).identify();
    return stream(c, async (output) => {
      await output.write("one");
      await output.write("two");
    });
  });
  app.post("/webhook", (c) => c.body(null, 204));

  return new Promise<{ url: string; close: () => Promise<unknown> }>((resolve) => {
    const server = listen({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
      resolve({ url: `http://127.0.0.1:${port}`, close: () => new Promise((closed) => server.close(closed)) }),
    );
  });
}

adapterContract({ runner: { describe, test }, serve });

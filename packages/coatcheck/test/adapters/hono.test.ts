import { serve as listen } from "@hono/node-server";
import { coatcheck } from "coatcheck/hono";
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractOptions } from "./contract/contract-application.ts";

async function serve(options: ContractOptions) {
  const auth = coatcheck(options);
  const app = new Hono();
  app.use(auth.middleware);

  app.post("/login", async (c) => {
    const { user = "", remember, force, stale } = c.req.query();
    const session = auth.of(c);
    const result = await session.login(user, () => true, {
      remember: remember !== undefined,
      force: force !== undefined,
      fresh: stale === undefined,
    });
    return result.ok ? c.json({ name: result.user.name }) : auth.answer(result);
  });
  app.post("/confirm", async (c) => {
    const session = auth.of(c);
    const result = await session.confirm(async () => (await session.load()).user?.id === c.req.query("user"));
    return result.ok ? c.json({ name: result.user.name }) : auth.answer(result);
  });
  app.post("/logout", async (c) => {
    await auth.of(c).logout();
    return c.body(null, 204);
  });
  app.on(["GET", "POST"], "/me", auth.required, (c) =>
    c.json({ name: c.var.auth.user.name, session: c.var.auth.session?.id ?? null }),
  );
  app.get("/fresh", auth.freshRequired(), (c) => c.json({ name: c.var.auth.user.name }));
  app.get("/step-up", auth.freshRequired({ withinSeconds: 60 }), (c) => c.json({ name: c.var.auth.user.name }));
  app.get("/maybe", async (c) => c.json({ name: (await auth.of(c).load()).user?.name ?? null }));
  app.get("/public", (c) => c.text("hello"));
  app.get("/devices", async (c) => c.json({ sessions: await auth.of(c).devices() }));
  app.delete("/devices/:id", async (c) => c.json({ revoked: await auth.of(c).revoke(c.req.param("id")) }));
  app.delete("/devices", async (c) => c.json({ revoked: await auth.of(c).revokeOthers() }));
  app.get("/form", async (c) => c.text((await auth.of(c).csrfToken()) ?? ""));
  app.post("/form", async (c) => {
    const isValid = await auth.of(c).isCsrfTokenValid(c.req.header("x-csrf-token") ?? "");
    return c.body(null, isValid ? 204 : 403);
  });
  app.get("/next", (c) => c.json({ next: auth.of(c).next() }));
  app.get("/admin", auth.with({ loginView: "/admin/login" }).required, (c) => c.text("admin"));
  const teapot = auth.with({ unauthorizedHandler: (_refusal, c) => c.body(null, 418) });
  app.get("/teapot", teapot.required, (c) => c.text("tea"));
  app.get("/fails", async (c) => {
    await auth.of(c).load();
    throw new Error("as it was told");
  });
  app.get("/stream", async (c) => {
    await auth.of(c).load();
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

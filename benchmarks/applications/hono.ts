import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { coatcheck } from "coatcheck/hono";
import { Hono } from "hono";
import { type Application, listen, SOMEBODY } from "./application.ts";
import { doorOptions } from "./options.ts";
import type { OpenStore } from "./stores.ts";

export const bareHono: Application = () => {
  const app = new Hono();
  app.post("/login", (context) => context.body(null, 204));
  app.get("/me", (context) => context.json(SOMEBODY));
  return listenHono(app);
};

export function honoWith(openStore: OpenStore): Application {
  return async (surroundings) => {
    const auth = coatcheck(doorOptions(await openStore(surroundings)));
    const app = new Hono();
    app.use(auth.middleware);
    app.post("/login", async (context) => {
      await auth.login(context, context.req.query("user"), () => true);
      return context.body(null, 204);
    });
    app.get("/me", auth.required, (context) => context.json(context.var.auth.user));
    return listenHono(app);
  };
}

export function listenHono(app: Hono): Promise<number> {
  return listen(createServer(getRequestListener(app.fetch)));
}

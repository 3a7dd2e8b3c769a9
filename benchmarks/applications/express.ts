import { createServer } from "node:http";
import { coatcheck } from "coatcheck/express";
import express from "express";
import { type Application, listen, SOMEBODY } from "./application.ts";
import { doorOptions } from "./options.ts";
import type { OpenStore } from "./stores.ts";

export const bareExpress: Application = async () => {
  const app = express();
  app.post("/login", (_request, response) => void response.sendStatus(204));
  app.get("/me", (_request, response) => void response.json(SOMEBODY));
  return listen(createServer(app));
};

export function expressWith(openStore: OpenStore): Application {
  return async (surroundings) => {
    const auth = coatcheck(doorOptions(await openStore(surroundings)));
    const app = express().use(auth.middleware);
    app.post("/login", async (request, response) => {
      await auth.login(request, String(request.query.user), () => true);
      response.sendStatus(204);
    });
    app.get(
      "/me",
      auth.required((_request, response, { user }) => response.json(user)),
    );
    return listen(createServer(app));
  };
}

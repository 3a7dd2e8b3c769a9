import { createServer, type ServerResponse } from "node:http";
import { coatcheck } from "coatcheck/node";
import { type Application, listen, ORIGIN, SOMEBODY } from "./application.ts";
import { doorOptions } from "./options.ts";
import type { OpenStore } from "./stores.ts";

export const bareNode: Application = () =>
  listen(
    createServer((request, response) => {
      if (request.url === "/me") sendJson(response, SOMEBODY);
      else sendEmpty(response);
    }),
  );

export function nodeWith(openStore: OpenStore): Application {
  return async (surroundings) => {
    const auth = coatcheck(doorOptions(await openStore(surroundings)));
    const me = auth.required((_request, response, { user }) => sendJson(response, user));
    const listener = auth.handle(async (request, response) => {
      if (request.url === "/me") return me(request, response);
      const { searchParams } = new URL(request.url ?? "/", ORIGIN);
      await auth.login(request, searchParams.get("user"), () => true);
      return sendEmpty(response);
    });
    return listen(createServer(listener));
  };
}

function sendJson(response: ServerResponse, value: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}

function sendEmpty(response: ServerResponse): void {
  response.statusCode = 204;
  response.end();
}

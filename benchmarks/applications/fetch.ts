import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { coatcheck } from "coatcheck/fetch";
import { type Application, listen, SOMEBODY } from "./application.ts";
import { doorOptions } from "./options.ts";
import type { OpenStore } from "./stores.ts";

type Handler = (request: Request) => Response | Promise<Response>;

export const bareFetch: Application = () =>
  listenFetch((request) =>
    new URL(request.url).pathname === "/me" ? Response.json(SOMEBODY) : new Response(null, { status: 204 }),
  );

export function fetchWith(openStore: OpenStore): Application {
  return async (surroundings) => {
    const auth = coatcheck(doorOptions(await openStore(surroundings)));
    const me = auth.required((_request, { user }) => Response.json(user));
    const login = auth.handle(async (request) => {
      await auth.login(request, new URL(request.url).searchParams.get("user"), () => true);
      return new Response(null, { status: 204 });
    });
    return listenFetch((request) => (new URL(request.url).pathname === "/me" ? me(request) : login(request)));
  };
}

/** By the one server of Request and Response for Node that Hono uses, too. */
function listenFetch(handler: Handler): Promise<number> {
  return listen(createServer(getRequestListener(handler)));
}

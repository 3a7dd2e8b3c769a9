import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestGuard } from "coatcheck/adapter";
import { coatcheck as coatcheckExpress, type ExpressOptions } from "coatcheck/express";
import { coatcheck as coatcheckFastify } from "coatcheck/fastify";
import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { coatcheck as coatcheckHono } from "coatcheck/hono";
import { coatcheck as coatcheckNode } from "coatcheck/node";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";

interface Person {
  readonly id: string;
}

/** What no framework has to be told in its own way. */
export type ApplicationOptions = Omit<
  ExpressOptions<Person>,
  "findRequestUser" | "needsRefreshHandler" | "unauthorizedHandler"
>;

/** How a client reaches a running application: by a URL, or by handing it requests. */
interface RunningApplication {
  /** That of the door: a client logs in through it. */
  readonly guard: RequestGuard;
  readonly url?: string;
  readonly send?: (request: Request) => Response | Promise<Response>;
  close(): Promise<unknown>;
}

/**
 * `GET /me` needs a login, `GET /fresh` a fresh one, and both answer `{id, fresh}`; `GET /handled` needs a fresh one too,
 * and has a needsRefreshHandler that answers 418 and the refusal's code. `POST /logout` answers 204.
 */
type RunApplication = (options: ApplicationOptions) => RunningApplication | Promise<RunningApplication>;

const onExpress: RunApplication = async (options) => {
  const auth = coatcheckExpress(options);
  const handled = auth.with({
    needsRefreshHandler: ({ code }, _request, response) => response.status(418).json({ code }),
  });
  const app = express().use(auth.middleware);
  app.get(
    "/me",
    auth.required(async (_request, response, own) => response.json({ ...own.user, fresh: await own.isFresh() })),
  );
  app.get(
    "/fresh",
    auth.freshRequired(async (_request, response, own) => response.json({ ...own.user, fresh: await own.isFresh() })),
  );
  app.get(
    "/handled",
    handled.freshRequired(async (_request, response, own) =>
      response.json({ ...own.user, fresh: await own.isFresh() }),
    ),
  );
  app.post("/logout", async (request, response) => {
    await auth.of(request).logout();
    response.status(204).end();
  });
  return { guard: auth.guard, ...(await listening(createServer(app))) };
};

const onFastify: RunApplication = (options) => {
  const auth = coatcheckFastify(options);
  const handled = auth.with({ needsRefreshHandler: ({ code }, _request, reply) => reply.code(418).send({ code }) });
  const app = Fastify().register(auth.plugin);
  app.get(
    "/me",
    auth.required(async (_request, _reply, own) => ({ ...own.user, fresh: await own.isFresh() })),
  );
  app.get(
    "/fresh",
    auth.freshRequired(async (_request, _reply, own) => ({ ...own.user, fresh: await own.isFresh() })),
  );
  app.get(
    "/handled",
    handled.freshRequired(async (_request, _reply, own) => ({ ...own.user, fresh: await own.isFresh() })),
  );
  app.post("/logout", async (request, reply) => {
    await auth.of(request).logout();
    return reply.code(204).send();
  });
  const send = async ({ method, url, headers }: Request) => {
    const inject = { method: method as "GET" | "POST", url, headers: Object.fromEntries(headers) };
    const { statusCode, headers: received, body } = await app.inject(inject);
    const fields = Object.entries(received).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(body === "" ? null : body, { status: statusCode, headers: fields });
  };
  return { guard: auth.guard, send, close: () => app.close() };
};

const onHono: RunApplication = (options) => {
  const auth = coatcheckHono(options);
  const handled = auth.with({ needsRefreshHandler: ({ code }, c) => c.json({ code }, 418) });
  const app = new Hono().use(auth.middleware);
  app.get("/me", auth.required, async (c) => c.json({ ...c.var.auth.user, fresh: await c.var.auth.isFresh() }));
  app.get("/fresh", auth.freshRequired(), async (c) =>
    c.json({ ...c.var.auth.user, fresh: await c.var.auth.isFresh() }),
  );
  app.get("/handled", handled.freshRequired(), async (c) =>
    c.json({ ...c.var.auth.user, fresh: await c.var.auth.isFresh() }),
  );
  app.post("/logout", async (c) => {
    await auth.of(c).logout();
    return c.body(null, 204);
  });
  return { guard: auth.guard, send: (request) => app.request(request), close: () => Promise.resolve() };
};

const onNode: RunApplication = async (options) => {
  const auth = coatcheckNode(options);
  const handled = auth.with({
    needsRefreshHandler: ({ code }, _request, response) => response.writeHead(418).end(JSON.stringify({ code })),
  });
  const answer = (response: ServerResponse, body: object) => response.end(JSON.stringify(body));
  const routes: Record<string, ReturnType<typeof auth.required>> = {
    "GET /me": auth.required(async (_request, response, own) =>
      answer(response, { ...own.user, fresh: await own.isFresh() }),
    ),
    "GET /fresh": auth.freshRequired((_request, response, { user }) => answer(response, { ...user, fresh: true })),
    "GET /handled": handled.freshRequired((_request, response, { user }) => answer(response, user)),
    "POST /logout": async (request, response) => {
      await auth.of(request).logout();
      response.writeHead(204).end();
    },
  };
  const server = createServer(
    auth.handle((request, response) => routes[`${request.method} ${request.url}`]?.(request, response)),
  );
  return { guard: auth.guard, ...(await listening(server)) };
};

const onFetch: RunApplication = (options) => {
  const auth = coatcheckFetch(options);
  const handled = auth.with({ needsRefreshHandler: ({ code }) => Response.json({ code }, { status: 418 }) });
  const routes: Record<string, (request: Request) => Promise<Response>> = {
    "GET /me": auth.required(async (_request, own) => Response.json({ ...own.user, fresh: await own.isFresh() })),
    "GET /fresh": auth.freshRequired(async (_request, own) =>
      Response.json({ ...own.user, fresh: await own.isFresh() }),
    ),
    "GET /handled": handled.freshRequired(async (_request, own) =>
      Response.json({ ...own.user, fresh: await own.isFresh() }),
    ),
    "POST /logout": auth.handle(async (_request, session) => {
      await session.logout();
      return new Response(null, { status: 204 });
    }),
  };
  const send = (request: Request) =>
    routes[`${request.method} ${new URL(request.url).pathname}`]?.(request) ?? new Response(null, { status: 404 });
  return { guard: auth.guard, send, close: () => Promise.resolve() };
};

/** One application in the idiom of each adapter; those of Express and of Node's own http are behind a real socket. */
export const applications: Readonly<Record<string, RunApplication>> = {
  Express: onExpress,
  Fastify: onFastify,
  Hono: onHono,
  "Node http": onNode,
  "fetch-style handlers": onFetch,
};

async function listening(server: Server): Promise<Omit<RunningApplication, "guard">> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

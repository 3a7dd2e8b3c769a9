import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LoginManager } from "coatcheck";
import { ExpressLogin } from "coatcheck/adapters/express";
import { FastifyLogin } from "coatcheck/adapters/fastify";
import { FetchLogin } from "coatcheck/adapters/fetch";
import { HonoLogin } from "coatcheck/adapters/hono";
import { NodeLogin } from "coatcheck/adapters/node";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";

interface Person {
  readonly id: string;
}

/** How a client reaches a running application: by a URL, or by handing it requests. */
interface RunningApplication {
  readonly url?: string;
  readonly send?: (request: Request) => Response | Promise<Response>;
  close(): Promise<unknown>;
}

/**
 * `GET /me` needs a login, `GET /fresh` a fresh one, and both answer `{id, fresh}`; `GET /handled` needs a fresh one too,
 * and has a needsRefreshHandler that answers 418 and the refusal's code. `POST /logout` answers 204.
 */
type RunApplication = (logins: LoginManager<Person>) => RunningApplication | Promise<RunningApplication>;

const onExpress: RunApplication = async (logins) => {
  const login = new ExpressLogin(logins);
  const handled = login.with({
    needsRefreshHandler: ({ code }, _request, response) => response.status(418).json({ code }),
  });
  const app = express().use(login.sessions);
  app.get(
    "/me",
    login.loginRequired((_request, response, { user, fresh }) => response.json({ ...user, fresh })),
  );
  app.get(
    "/fresh",
    login.freshLoginRequired((_request, response, { user, fresh }) => response.json({ ...user, fresh })),
  );
  app.get(
    "/handled",
    handled.freshLoginRequired((_request, response, { user, fresh }) => response.json({ ...user, fresh })),
  );
  app.post("/logout", async (request, response) => {
    await login.visit(request).logout();
    response.status(204).end();
  });
  return listening(createServer(app));
};

const onFastify: RunApplication = (logins) => {
  const login = new FastifyLogin(logins);
  const handled = login.with({ needsRefreshHandler: ({ code }, _request, reply) => reply.code(418).send({ code }) });
  const app = Fastify().register(login.plugin);
  app.get(
    "/me",
    login.loginRequired((_request, _reply, { user, fresh }) => ({ ...user, fresh })),
  );
  app.get(
    "/fresh",
    login.freshLoginRequired((_request, _reply, { user, fresh }) => ({ ...user, fresh })),
  );
  app.get(
    "/handled",
    handled.freshLoginRequired((_request, _reply, { user, fresh }) => ({ ...user, fresh })),
  );
  app.post("/logout", async (request, reply) => {
    await login.visit(request).logout();
    return reply.code(204).send();
  });
  const send = async ({ method, url, headers }: Request) => {
    const inject = { method: method as "GET" | "POST", url, headers: Object.fromEntries(headers) };
    const { statusCode, headers: received, body } = await app.inject(inject);
    const fields = Object.entries(received).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(body === "" ? null : body, { status: statusCode, headers: fields });
  };
  return { send, close: () => app.close() };
};

const onHono: RunApplication = (logins) => {
  const login = new HonoLogin(logins);
  const handled = login.with({ needsRefreshHandler: ({ code }, c) => c.json({ code }, 418) });
  const app = new Hono().use(login.sessions);
  app.get("/me", login.loginRequired, (c) => c.json({ ...c.var.who.user, fresh: c.var.who.fresh }));
  app.get("/fresh", login.freshLoginRequired(), (c) => c.json({ ...c.var.who.user, fresh: c.var.who.fresh }));
  app.get("/handled", handled.freshLoginRequired(), (c) => c.json({ ...c.var.who.user, fresh: c.var.who.fresh }));
  app.post("/logout", async (c) => {
    await login.visit(c).logout();
    return c.body(null, 204);
  });
  return { send: (request) => app.request(request), close: () => Promise.resolve() };
};

const onNode: RunApplication = async (logins) => {
  const login = new NodeLogin(logins);
  const handled = login.with({
    needsRefreshHandler: ({ code }, _request, response) => response.writeHead(418).end(JSON.stringify({ code })),
  });
  const answer = (response: ServerResponse, body: object) => response.end(JSON.stringify(body));
  const routes: Record<string, ReturnType<typeof login.loginRequired>> = {
    "GET /me": login.loginRequired((_request, response, { user, fresh }) => answer(response, { ...user, fresh })),
    "GET /fresh": login.freshLoginRequired((_request, response, { user }) =>
      answer(response, { ...user, fresh: true }),
    ),
    "GET /handled": handled.freshLoginRequired((_request, response, { user }) => answer(response, user)),
    "POST /logout": async (request, response) => {
      await login.visit(request).logout();
      response.writeHead(204).end();
    },
  };
  return listening(
    createServer(login.handle((request, response) => routes[`${request.method} ${request.url}`]?.(request, response))),
  );
};

const onFetch: RunApplication = (logins) => {
  const login = new FetchLogin(logins);
  const handled = login.with({ needsRefreshHandler: ({ code }) => Response.json({ code }, { status: 418 }) });
  const routes: Record<string, (request: Request) => Promise<Response>> = {
    "GET /me": login.loginRequired((_request, { user, fresh }) => Response.json({ ...user, fresh })),
    "GET /fresh": login.freshLoginRequired((_request, { user, fresh }) => Response.json({ ...user, fresh })),
    "GET /handled": handled.freshLoginRequired((_request, { user, fresh }) => Response.json({ ...user, fresh })),
    "POST /logout": login.handle(async (_request, visit) => {
      await visit.logout();
      return new Response(null, { status: 204 });
    }),
  };
  const send = (request: Request) =>
    routes[`${request.method} ${new URL(request.url).pathname}`]?.(request) ?? new Response(null, { status: 404 });
  return { send, close: () => Promise.resolve() };
};

/** One application in the idiom of each adapter; those of Express and of Node's own http are behind a real socket. */
export const applications: Readonly<Record<string, RunApplication>> = {
  Express: onExpress,
  Fastify: onFastify,
  Hono: onHono,
  "Node http": onNode,
  "fetch-style handlers": onFetch,
};

async function listening(server: Server): Promise<RunningApplication> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

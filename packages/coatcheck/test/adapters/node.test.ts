import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeLogin } from "coatcheck/adapters/node";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractLogins } from "./contract/contract-application.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function serve(logins: ContractLogins) {
  const login = new NodeLogin(logins, { onError: () => {} });
  const teapot = login.with({ unauthorizedHandler: (_refusal, _request, response) => response.writeHead(418).end() });
  const queryOf = (request: IncomingMessage) => new URL(request.url ?? "/", "http://localhost").searchParams;
  const me = login.loginRequired((_request, response, { user, session }) =>
    json(response, { name: user.name, session: session?.id ?? null }),
  );

  const routes: Record<string, Listener> = {
    "POST /login": async (request, response) => {
      const query = queryOf(request);
      const visit = login.visit(request);
      const result = await visit.login(await visit.begin(query.get("user") ?? ""), {
        remember: query.has("remember"),
        force: query.has("force"),
        fresh: !query.has("stale"),
      });
      if (result.outcome === "refused") return login.refuse(result.refusal, response);
      json(response, { name: result.user.name });
    },
    "POST /confirm": async (request, response) => {
      const visit = login.visit(request);
      const result = await visit.confirmLogin(await visit.begin(queryOf(request).get("user") ?? ""));
      if (result.outcome === "refused") return login.refuse(result.refusal, response);
      json(response, { name: result.user.name });
    },
    "POST /logout": async (request, response) => {
      await login.visit(request).logout();
      response.writeHead(204).end();
    },
    "GET /me": me,
    "POST /me": me,
    "GET /fresh": login.freshLoginRequired((_request, response, { user }) => json(response, { name: user.name })),
    "GET /step-up": login.freshLoginRequired((_request, response, { user }) => json(response, { name: user.name }), {
      withinSeconds: 60,
    }),
    "GET /maybe": async (request, response) =>
      json(response, { name: (await login.visit(request).currentUser())?.name ?? null }),
    "GET /public": (_request, response) => response.end("hello"),
    "GET /devices": async (request, response) => json(response, { sessions: await login.visit(request).sessions() }),
    "DELETE /devices": async (request, response) => {
      const [, , id] = (request.url ?? "").split("/");
      const visit = login.visit(request);
      json(response, { revoked: id === undefined ? await visit.signOutOtherDevices() : await visit.revoke(id) });
    },
    "GET /form": async (request, response) => response.end(await login.visit(request).visit.csrfToken()),
    "POST /form": async (request, response) => {
      const isValid = await login.visit(request).visit.isCsrfTokenValid(String(request.headers["x-csrf-token"]));
      response.writeHead(isValid ? 204 : 403).end();
    },
    "GET /next": (request, response) => json(response, { next: login.visit(request).next() }),
    "GET /admin": login
      .with({ loginView: "/admin/login" })
      .loginRequired((_request, response) => response.end("admin")),
    "GET /teapot": teapot.loginRequired((_request, response) => response.end("tea")),
    "GET /fails": async (request) => {
      await login.visit(request).identify();
      throw new Error("as it was told");
    },
    "GET /stream": async (request, response) => {
      await login.visit(request).identify();
      response.write("one");
      response.end("two");
    },
    "POST /webhook": (_request, response) => response.writeHead(204).end(),
  };

  const server = createServer(
    login.handle((request, response) => {
      const [, first] = new URL(request.url ?? "/", "http://localhost").pathname.split("/");
      const route = routes[`${request.method} /${first}`];
      return route === undefined ? response.writeHead(404).end() : route(request, response);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

adapterContract({ runner: { describe, test }, serve });

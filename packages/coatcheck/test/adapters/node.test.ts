import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { coatcheck } from "coatcheck/node";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractOptions } from "./contract/contract-application.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function serve(options: ContractOptions) {
  const auth = coatcheck({ ...options, onError: () => {} });
  const teapot = auth.with({ unauthorizedHandler: (_refusal, _request, response) => response.writeHead(418).end() });
  const queryOf = (request: IncomingMessage) => new URL(request.url ?? "/", "http://localhost").searchParams;
  const me = auth.required((_request, response, { user, session }) =>
    json(response, { name: user.name, session: session?.id ?? null }),
  );

  const routes: Record<string, Listener> = {
    "POST /login": async (request, response) => {
      const query = queryOf(request);
      const session = auth.of(request);
      const result = await session.login(query.get("user") ?? "", () => true, {
        remember: query.has("remember"),
        force: query.has("force"),
        fresh: !query.has("stale"),
      });
      if (!result.ok) return auth.answer(result, response);
      json(response, { name: result.user.name });
    },
    "POST /confirm": async (request, response) => {
      const session = auth.of(request);
      const result = await session.confirm(
        async () => (await session.load()).user?.id === queryOf(request).get("user"),
      );
      if (!result.ok) return auth.answer(result, response);
      json(response, { name: result.user.name });
    },
    "POST /logout": async (request, response) => {
      await auth.of(request).logout();
      response.writeHead(204).end();
    },
    "GET /me": me,
    "POST /me": me,
    "GET /fresh": auth.freshRequired((_request, response, { user }) => json(response, { name: user.name })),
    "GET /step-up": auth.freshRequired((_request, response, { user }) => json(response, { name: user.name }), {
      withinSeconds: 60,
    }),
    "GET /maybe": async (request, response) =>
      json(response, { name: (await auth.of(request).load()).user?.name ?? null }),
    "GET /public": (_request, response) => response.end("hello"),
    "GET /devices": async (request, response) => json(response, { sessions: await auth.of(request).devices() }),
    "DELETE /devices": async (request, response) => {
      const [, , id] = (request.url ?? "").split("/");
      const session = auth.of(request);
      json(response, { revoked: id === undefined ? await session.revokeOthers() : await session.revoke(id) });
    },
    "GET /form": async (request, response) => response.end(await auth.of(request).csrfToken()),
    "POST /form": async (request, response) => {
      const isValid = await auth.of(request).isCsrfTokenValid(String(request.headers["x-csrf-token"]));
      response.writeHead(isValid ? 204 : 403).end();
    },
    "GET /next": (request, response) => json(response, { next: auth.of(request).next() }),
    "GET /admin": auth.with({ loginView: "/admin/login" }).required((_request, response) => response.end("admin")),
    "GET /teapot": teapot.required((_request, response) => response.end("tea")),
    "GET /fails": async (request) => {
      await auth.of(request).load();
      throw new Error("as it was told");
    },
    "GET /stream": async (request, response) => {
      await auth.of(request).load();
      response.write("one");
      response.end("two");
    },
    "POST /webhook": (_request, response) => response.writeHead(204).end(),
  };

  const server = createServer(
    auth.handle((request, response) => {
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

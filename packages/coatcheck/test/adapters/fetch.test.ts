import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { coatcheck } from "coatcheck/fetch";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractOptions } from "./contract/contract-application.ts";

type Route = (request: Request) => Promise<Response>;

/** Each route stands for itself, as in Next.js, and one guard is around them all, as in SvelteKit's hooks. */
async function serve(options: ContractOptions) {
  const auth = coatcheck({ ...options, clientAddress: () => "127.0.0.1" });
  const queryOf = (request: Request) => new URL(request.url).searchParams;
  const me = auth.required(async (_request, { user, session }) =>
    Response.json({ name: user.name, session: session?.id ?? null }),
  );
  const teapot = auth.with({ unauthorizedHandler: () => new Response(null, { status: 418 }) });

  const routes: Record<string, Route> = {
    "POST /login": auth.handle(async (request, session) => {
      const query = queryOf(request);
      const result = await session.login(query.get("user") ?? "", () => true, {
        remember: query.has("remember"),
        force: query.has("force"),
        fresh: !query.has("stale"),
      });
      return result.ok ? Response.json({ name: result.user.name }) : auth.answer(result);
    }),
    "POST /confirm": auth.handle(async (request, session) => {
      const result = await session.confirm(
        async () => (await session.load()).user?.id === queryOf(request).get("user"),
      );
      return result.ok ? Response.json({ name: result.user.name }) : auth.answer(result);
    }),
    "POST /logout": auth.handle(async (_request, session) => {
      await session.logout();
      return new Response(null, { status: 204 });
    }),
    "GET /me": me,
    "POST /me": me,
    "GET /fresh": auth.freshRequired((_request, { user }) => Response.json({ name: user.name })),
    "GET /step-up": auth.freshRequired((_request, { user }) => Response.json({ name: user.name }), {
      withinSeconds: 60,
    }),
    "GET /maybe": auth.handle(async (_request, session) =>
      Response.json({ name: (await session.load()).user?.name ?? null }),
    ),
    "GET /public": async () => new Response("hello"),
    "GET /devices": auth.handle(async (_request, session) => Response.json({ sessions: await session.devices() })),
    "DELETE /devices": auth.handle(async (request, session) => {
      const [, , id] = new URL(request.url).pathname.split("/");
      return Response.json({ revoked: id === undefined ? await session.revokeOthers() : await session.revoke(id) });
    }),
    "GET /form": auth.handle(async (_request, session) => new Response(await session.csrfToken())),
    "POST /form": auth.handle(async (request, session) => {
      const isValid = await session.isCsrfTokenValid(request.headers.get("x-csrf-token") ?? "");
      return new Response(null, { status: isValid ? 204 : 403 });
    }),
    "GET /next": auth.handle(async (_request, session) => Response.json({ next: session.next() })),
    "GET /admin": auth.with({ loginView: "/admin/login" }).required(() => new Response("admin")),
    "GET /teapot": teapot.required(() => new Response("tea")),
    "GET /fails": auth.handle(async (_request, session) => {
      await session.load();
      return new Response("failed", { status: 500 });
    }),
    "GET /stream": auth.handle(async (_request, session) => {
      await session.load();
      return new Response(
        new ReadableStream({
          start(controller) {
            for (const part of ["one", "two"]) controller.enqueue(new TextEncoder().encode(part));
            controller.close();
          },
        }),
      );
    }),
    "POST /webhook": async () => new Response(null, { status: 204 }),
  };

  const app = auth.handle(async (request) => {
    const [, first] = new URL(request.url).pathname.split("/");
    return (await routes[`${request.method} /${first}`]?.(request)) ?? new Response(null, { status: 404 });
  });
  const server = createServer(getRequestListener((request) => app(request)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

adapterContract({ runner: { describe, test }, serve });

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { FetchLogin } from "coatcheck/adapters/fetch";
import { describe, test } from "vitest";
import { adapterContract } from "./contract/adapter-contract.ts";
import type { ContractLogins } from "./contract/contract-application.ts";

type Route = (request: Request) => Promise<Response>;

/** Each route stands for itself, as in Next.js, and one guard is around them all, as in SvelteKit's hooks. */
async function serve(logins: ContractLogins) {
  const login = new FetchLogin(logins, { clientAddress: () => "127.0.0.1" });
  const queryOf = (request: Request) => new URL(request.url).searchParams;
  const me = login.loginRequired(async (_request, { user, session }) =>
    Response.json({ name: user.name, session: session?.id ?? null }),
  );
  const teapot = login.with({ unauthorizedHandler: () => new Response(null, { status: 418 }) });

  const routes: Record<string, Route> = {
    "POST /login": login.handle(async (request, visit) => {
      const query = queryOf(request);
      const result = await visit.login(await visit.begin(query.get("user") ?? ""), {
        remember: query.has("remember"),
        force: query.has("force"),
        fresh: !query.has("stale"),
      });
      return result.outcome === "refused" ? login.refuse(result.refusal) : Response.json({ name: result.user.name });
    }),
    "POST /confirm": login.handle(async (request, visit) => {
      const result = await visit.confirmLogin(await visit.begin(queryOf(request).get("user") ?? ""));
      return result.outcome === "refused" ? login.refuse(result.refusal) : Response.json({ name: result.user.name });
    }),
    "POST /logout": login.handle(async (_request, visit) => {
      await visit.logout();
      return new Response(null, { status: 204 });
    }),
    "GET /me": me,
    "POST /me": me,
    "GET /fresh": login.freshLoginRequired((_request, { user }) => Response.json({ name: user.name })),
    "GET /step-up": login.freshLoginRequired((_request, { user }) => Response.json({ name: user.name }), {
      withinSeconds: 60,
    }),
    "GET /maybe": login.handle(async (_request, visit) =>
      Response.json({ name: (await visit.currentUser())?.name ?? null }),
    ),
    "GET /public": async () => new Response("hello"),
    "GET /devices": login.handle(async (_request, visit) => Response.json({ sessions: await visit.sessions() })),
    "DELETE /devices": login.handle(async (request, visit) => {
      const [, , id] = new URL(request.url).pathname.split("/");
      return Response.json({ revoked: id === undefined ? await visit.signOutOtherDevices() : await visit.revoke(id) });
    }),
    "GET /form": login.handle(async (_request, { visit }) => new Response(await visit.csrfToken())),
    "POST /form": login.handle(async (request, { visit }) => {
      const isValid = await visit.isCsrfTokenValid(request.headers.get("x-csrf-token") ?? "");
      return new Response(null, { status: isValid ? 204 : 403 });
    }),
    "GET /next": login.handle(async (_request, visit) => Response.json({ next: visit.next() })),
    "GET /admin": login.with({ loginView: "/admin/login" }).loginRequired(() => new Response("admin")),
    "GET /teapot": teapot.loginRequired(() => new Response("tea")),
    "GET /fails": login.handle(async (_request, visit) => {
      await visit.identify();
      return new Response("failed", { status: 500 });
    }),
    "GET /stream": login.handle(async (_request, visit) => {
      await visit.identify();
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

  const app = login.handle(async (request) => {
    const [, first] = new URL(request.url).pathname.split("/");
    return (await routes[`${request.method} /${first}`]?.(request)) ?? new Response(null, { status: 404 });
  });
  const server = createServer(getRequestListener((request) => app(request)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

adapterContract({ runner: { describe, test }, serve });

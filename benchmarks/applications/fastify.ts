import { coatcheck } from "coatcheck/fastify";
import Fastify, { type FastifyInstance } from "fastify";
import { type Application, SOMEBODY } from "./application.ts";
import { doorOptions } from "./options.ts";
import type { OpenStore } from "./stores.ts";

/** What a login's URL says. */
export interface LoginRoute {
  readonly Querystring: { readonly user: string };
}

export const bareFastify: Application = async () => {
  const app = Fastify();
  app.post("/login", async (_request, reply) => reply.code(204).send());
  app.get("/me", async () => SOMEBODY);
  return listenFastify(app);
};

export function fastifyWith(openStore: OpenStore): Application {
  return async (surroundings) => {
    const auth = coatcheck(doorOptions(await openStore(surroundings)));
    const app = Fastify();
    app.register(auth.plugin);
    app.post<LoginRoute>("/login", async (request, reply) => {
      await auth.login(request, request.query.user, () => true);
      return reply.code(204).send();
    });
    app.get(
      "/me",
      auth.required((_request, _reply, { user }) => user),
    );
    return listenFastify(app);
  };
}

export async function listenFastify(app: FastifyInstance): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
}

import type { FastifyInstance } from "fastify";
import { sendUnavailable } from "../problem.ts";

export interface HealthRoutesOptions {
  /** Rejects if no file could be served. */
  readonly checkReadiness: () => Promise<void>;
}

/** Health checks for load balancers and supervisors, under a name that no file has. */
export function addHealthRoutes(app: FastifyInstance, { checkReadiness }: HealthRoutesOptions): void {
  // A process that answers is alive: a restart does not help when a bucket is down.
  app.get("/-/health/live", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return { status: "live" };
  });

  app.get("/-/health/ready", async (request, reply) => {
    reply.header("cache-control", "no-store");
    try {
      await checkReadiness();
      return { status: "ready" };
    } catch (error) {
      request.log.warn({ event: "not_ready", err: error }, "not ready");
      return sendUnavailable(reply);
    }
  });
}

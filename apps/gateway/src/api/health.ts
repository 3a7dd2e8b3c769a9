import type { FastifyInstance } from "fastify";
import { sendUnavailable } from "../http/problem.ts";

export interface HealthRoutesOptions {
  /** Rejects when something that logins or sessions need does not answer. */
  readonly checkReadiness: () => Promise<void>;
}

/** Signs of life, for people, load balancers and supervisors. */
export function addHealthRoutes(app: FastifyInstance, { checkReadiness }: HealthRoutesOptions): void {
  app.get("/auth/heartbeat", async () => ({ status: "OK" }));

  // Alive is whatever can answer: a supervisor that restarts us because a database is down makes nothing better.
  app.get("/auth/health/live", async () => ({ status: "live" }));

  app.get("/auth/health/ready", async (request, reply) => {
    try {
      await checkReadiness();
      return { status: "ready" };
    } catch (error) {
      request.log.warn({ event: "not_ready", err: error }, "not ready");
      return sendUnavailable(reply);
    }
  });
}

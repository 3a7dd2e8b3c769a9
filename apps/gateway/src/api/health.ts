import type { FastifyInstance } from "fastify";
import { sendUnavailable } from "../http/problem.ts";

export interface HealthRoutesOptions {
  /** Rejects if something that logins or sessions need does not answer. */
  readonly checkReadiness: () => Promise<void>;
}

/** Signs of life, for people, load balancers and supervisors. */
export function addHealthRoutes(app: FastifyInstance, { checkReadiness }: HealthRoutesOptions): void {
  app.get("/auth/heartbeat", async () => ({ status: "OK" }));

  // A gateway that can answer is live: a supervisor that restarts it because a database is down improves nothing.
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

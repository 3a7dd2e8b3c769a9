import { closeConnectionsWhenClosing } from "@coatcheck/service/close-connections";
import { listen } from "@coatcheck/service/listen";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { GatewayError } from "../errors.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: GatewayMetrics;
  readonly log: FastifyBaseLogger;
}

const REQUEST_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Answers `GET /metrics` on a port of its own, so that whoever reaches the gateway does not reach this. Returns what ends
 * it.
 *
 * @throws GatewayError `cannot_listen`
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<() => Promise<void>> {
  const { host, port, metrics, log } = options;
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
  });
  closeConnectionsWhenClosing(app);
  app.get("/metrics", async (_request, reply) =>
    reply
      .header("content-type", metrics.contentType)
      .header("cache-control", "no-store")
      .send(await metrics.read()),
  );
  await listen(app, { host, port }, GatewayError);
  return async () => {
    // Nobody who is still asking, or pretends to, is waited for.
    app.server.closeAllConnections();
    await app.close();
  };
}

import { isIP } from "node:net";
import { closeConnectionsWhenClosing } from "@coatcheck/service/close-connections";
import { listen } from "@coatcheck/service/listen";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { settings } from "../config/settings.ts";
import { GatewayError } from "../errors.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Names under which the server answers, besides addresses, `localhost`, `host` and names without a dot. */
  readonly names: readonly string[];
  readonly metrics: GatewayMetrics;
  readonly log: FastifyBaseLogger;
}

const REQUEST_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Answers `GET /metrics` on a port of its own, which clients of the gateway cannot reach. Returns a function that stops
 * it.
 *
 * @throws GatewayError `cannot_listen`
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<() => Promise<void>> {
  const { host, port, names, metrics, log } = options;
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
  });
  closeConnectionsWhenClosing(app);
  app.addHook("onRequest", (request, reply, done) => {
    if (isOwnName(hostnameIn(request.raw.headers.host ?? ""), [host, ...names])) done();
    else
      reply
        .code(421)
        .type("text/plain")
        .send(`Misdirected request: ${settings.metricsNames.env} lists names to ask by.\n`);
  });
  app.get("/metrics", async (_request, reply) =>
    reply
      .header("content-type", metrics.contentType)
      .header("cache-control", "no-store")
      .send(await metrics.read()),
  );
  const env = { host: settings.metricsHost.env, port: settings.metricsPort.env };
  await listen(app, { host, port, env }, GatewayError);
  return async () => {
    // Do not wait for clients that are still asking, or pretend to.
    app.server.closeAllConnections();
    await app.close();
  };
}

/**
 * Whether a host name is the server's own. A stranger's page can point its own name at this address, and then send
 * requests from a browser inside the network. It cannot do so with an address, nor with a name without a dot, which is
 * not for sale.
 */
function isOwnName(hostname: string, names: readonly string[]): boolean {
  if (isIP(hostname) !== 0) return true;
  return hostname !== "" && (!hostname.includes(".") || names.some((name) => name.toLowerCase() === hostname));
}

function hostnameIn(host: string): string {
  const [, address, name = ""] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/.exec(host.toLowerCase()) ?? [];
  return address ?? name;
}

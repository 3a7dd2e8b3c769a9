import type { LogLoss } from "@coatcheck/service/log-destination";
import type { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import type { FastifyBaseLogger } from "fastify";
import type { AuditWriter } from "../audit/audit-writer.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayConfiguration } from "../config/settings.ts";
import type { GatewayMetrics, MetricsSources } from "./gateway-metrics.ts";
import { startMetricsServer } from "./metrics-server.ts";

/** The parts of a gateway that the numbers are about. */
export interface WatchedParts {
  readonly openConnections: MetricsSources["openConnections"];
  /** Whether an upstream is up. Asking also makes the gateway try a failed upstream again. */
  readonly admits: (upstream: string) => boolean;
  readonly audit: Pick<AuditWriter, "dropped">;
  readonly security: SecurityEvents;
  readonly sessionStore: Pick<SessionStore, "subscribe">;
  readonly sessions: Pick<SessionManager, "clockSkewMilliseconds">;
  readonly logLoss: () => LogLoss;
  readonly log: FastifyBaseLogger;
}

/**
 * Counts the reports of a gateway's parts, and serves the numbers. Returns a function that stops it.
 *
 * @throws GatewayError `cannot_listen`
 */
export async function serveMetrics(
  metrics: GatewayMetrics | null,
  { metricsPort, metricsHost, metricsNames, routes }: GatewayConfiguration,
  { openConnections, admits, audit, security, sessionStore, sessions, logLoss, log }: WatchedParts,
): Promise<() => Promise<void>> {
  if (metrics === null || metricsPort === null) return async () => {};
  const upstreams = [...new Set(routes.map(({ upstream }) => upstream))];
  metrics.watch({
    openConnections,
    // Without this call, a failed upstream would stay down until a visitor comes.
    upstreams: () => upstreams.map((upstream) => ({ upstream, isUp: admits(upstream) })),
    droppedAuditEvents: () => audit.dropped,
    logLoss,
    clockSkewSeconds: () => (sessions.clockSkewMilliseconds ?? 0) / 1_000,
  });
  security.on((report) => metrics.eventHappened(report));
  const stop = await startMetricsServer({
    host: metricsHost ?? "localhost",
    port: metricsPort,
    names: metricsNames,
    metrics,
    log,
  });
  const unsubscribe = sessionStore.subscribe(
    () => {},
    (state) => metrics.channelIs(state),
  );
  return async () => {
    unsubscribe();
    await stop();
    metrics.close();
  };
}

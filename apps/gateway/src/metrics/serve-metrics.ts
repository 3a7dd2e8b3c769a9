import type { LogLoss } from "@coatcheck/service/log-destination";
import type { SessionManager } from "coatcheck";
import type { FastifyBaseLogger } from "fastify";
import type { AuditWriter } from "../audit/audit-writer.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayConfiguration } from "../config/gateway-configuration.ts";
import type { LiveConnections } from "../proxy/connections/live-connections.ts";
import type { UpstreamHealth } from "../proxy/upstream/upstream-health.ts";
import type { OpenSessionStore } from "../storage/sessions/open-session-store.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";
import { startMetricsServer } from "./metrics-server.ts";

export interface WatchedParts {
  readonly live: LiveConnections;
  readonly health: UpstreamHealth;
  readonly audit: AuditWriter;
  readonly security: SecurityEvents;
  readonly opened: OpenSessionStore;
  readonly sessions: SessionManager;
  readonly logLoss: () => LogLoss;
  readonly log: FastifyBaseLogger;
}

/**
 * Has the parts of a gateway counted and looked at, and answers whoever asks for the numbers. Returns what ends it.
 *
 * @throws GatewayError `cannot_listen`
 */
export async function serveMetrics(
  metrics: GatewayMetrics | null,
  { metricsPort, metricsHost, metricsNames, routes }: GatewayConfiguration,
  { live, health, audit, security, opened, sessions, logLoss, log }: WatchedParts,
): Promise<() => Promise<void>> {
  if (metrics === null || metricsPort === null) return async () => {};
  const upstreams = [...new Set(routes.map(({ upstream }) => upstream))];
  metrics.watch({
    openConnections: () => live.count(),
    // Asking is also what has one that is down tried again: else it would stay down until a visitor comes.
    upstreams: () => upstreams.map((upstream) => ({ upstream, isUp: health.admits(upstream) })),
    droppedAuditEvents: () => audit.dropped,
    logLoss,
    clockSkewSeconds: () => (sessions.clockSkewMilliseconds ?? 0) / 1_000,
  });
  security.on((report) => metrics.eventHappened(report));
  const stop = await startMetricsServer({
    ...{ host: metricsHost ?? "localhost", port: metricsPort, names: metricsNames },
    ...{ metrics, log },
  });
  const unsubscribe = opened.store.subscribe(
    () => {},
    (state) => metrics.channelIs(state),
  );
  return async () => {
    unsubscribe();
    await stop();
    metrics.close();
  };
}

import type { Clock } from "coatcheck";
import type { FastifyBaseLogger } from "fastify";
import { isOwnShortage } from "./upstream-fault.ts";

export interface UpstreamHealthParts {
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** Resolves when an upstream takes a connection, and rejects when it does not. */
  readonly tryConnect: (upstream: string) => Promise<void>;
}

interface Health {
  /** In a row. */
  failedConnects: number;
  /** When it was last looked whether it is up again. */
  probedAt: number;
}

/** One may be chance, and two a restart. */
const DOWN_AFTER_FAILED_CONNECTS = 3;
/** Also the Retry-After of requests that are refused meanwhile. */
export const PROBE_EVERY_SECONDS = 1;

/**
 * UpstreamHealth learns from the requests which upstreams take no connections, so that requests to one that is down
 * need not wait for a connection. While requests ask for it, a connection of our own tries it once a second: a client's
 * request could be broken off, and would keep the upstream down for all.
 */
export class UpstreamHealth {
  readonly #parts: UpstreamHealthParts;
  /** By origin; those that are as they should be are not in here. */
  readonly #failing = new Map<string, Health>();

  constructor(parts: UpstreamHealthParts) {
    this.#parts = parts;
  }

  /** Whether a request may go there now: none does while it is down. */
  admits(upstream: string): boolean {
    const health = this.#failing.get(upstream);
    if (health === undefined || health.failedConnects < DOWN_AFTER_FAILED_CONNECTS) return true;
    const now = this.#parts.clock.now();
    const since = now - health.probedAt;
    // A clock that was put back must not keep an upstream down.
    if (since >= 0 && since < PROBE_EVERY_SECONDS * 1_000) return false;
    health.probedAt = now;
    this.#parts.tryConnect(upstream).then(
      () => this.succeeded(upstream),
      () => {},
    );
    return false;
  }

  /** It took a connection, or answered on one that it had taken before. */
  succeeded(upstream: string): void {
    const health = this.#failing.get(upstream);
    if (health === undefined) return;
    this.#failing.delete(upstream);
    if (health.failedConnects < DOWN_AFTER_FAILED_CONNECTS) return;
    this.#parts.log.info({ event: "upstream_up", upstream }, "an upstream is up again");
  }

  /** It took none: it refused, or let the time for it pass. What failed for want of something here says nothing of it. */
  connectFailed(upstream: string, error: unknown): void {
    if (isOwnShortage(error)) return;
    const { clock, log } = this.#parts;
    const health = this.#failing.get(upstream) ?? { failedConnects: 0, probedAt: 0 };
    this.#failing.set(upstream, health);
    health.failedConnects++;
    if (health.failedConnects !== DOWN_AFTER_FAILED_CONNECTS) return;
    health.probedAt = clock.now();
    log.warn({ event: "upstream_down", upstream }, "an upstream is down");
  }
}

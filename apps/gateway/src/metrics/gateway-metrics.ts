import { STATUS_CODES } from "node:http";
import type { LogLoss } from "@coatcheck/service/log-destination";
import type { ChannelState } from "coatcheck/store";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { passwordLimits } from "../audit/refused-password.ts";
import type { SecurityReport } from "../audit/security-events.ts";
import { vocabulary } from "../audit/vocabulary.ts";
import { type QuestionOutcome, questionOutcomes } from "../passes/pass-rule-questions.ts";

/**
 * The part that answered a request: the gateway by itself, a private service behind it, or the gateway to a proxy that
 * asks.
 */
export type RequestHandler = "gateway" | "service" | "verify";

/** Numbers that are looked up when Prometheus asks for them. */
export interface MetricsSources {
  readonly openConnections: () => { readonly lasting: number; readonly other: number; readonly sessions: number };
  readonly upstreams: () => readonly { readonly upstream: string; readonly isUp: boolean }[];
  readonly droppedAuditEvents: () => number;
  readonly clockSkewSeconds: () => number;
  readonly logLoss: () => LogLoss;
}

/** From a millisecond, for decisions from a cached copy, to the half minute that a service may take. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STORE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/**
 * GatewayMetrics counts the numbers that operators watch. No label holds text from a client: the number of series
 * depends only on the configuration, the HTTP status codes and the gateway's own names.
 */
export class GatewayMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: "coatcheck_http_request_duration_seconds",
    help: "Requests from their arrival to the end of their answer, by who answered and the status.",
    labelNames: ["handler", "status"],
    buckets: REQUEST_BUCKETS,
    registers: [this.#registry],
  });
  readonly #upstreams = new Histogram({
    name: "coatcheck_upstream_response_seconds",
    help: "From forwarding a request to the beginning of its answer, by upstream and status, or the code of what failed.",
    labelNames: ["upstream", "outcome"],
    buckets: REQUEST_BUCKETS,
    registers: [this.#registry],
  });
  readonly #store = new Histogram({
    name: "coatcheck_session_store_seconds",
    help: "Calls of the session store, behind the near-cache, by operation and whether they succeeded.",
    labelNames: ["operation", "outcome"],
    buckets: STORE_BUCKETS,
    registers: [this.#registry],
  });
  readonly #events = new Counter({
    name: "coatcheck_security_events_total",
    help: "What happened, by its name in the audit log, whether it was kept there or only counted.",
    labelNames: ["event"],
    registers: [this.#registry],
  });
  readonly #passwords = new Counter({
    name: "coatcheck_passwords_refused_total",
    help: "Passwords that were not looked at, by the limit that was reached.",
    labelNames: ["limit"],
    registers: [this.#registry],
  });
  readonly #passRule = new Counter({
    name: "coatcheck_pass_rule_questions_total",
    help: "Questions to the application that decides about passes, by what came of them.",
    labelNames: ["outcome"],
    registers: [this.#registry],
  });
  readonly #channel = new Gauge({
    name: "coatcheck_removal_channel_open",
    help: "1 while this node hears of the sessions that others end; 0 while it does not, and holds no copies.",
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    // Without this, a missing series looks like one that is zero.
    for (const event of Object.keys(vocabulary)) this.#events.inc({ event }, 0);
    for (const limit of passwordLimits) this.#passwords.inc({ limit }, 0);
    for (const outcome of questionOutcomes) this.#passRule.inc({ outcome }, 0);
  }

  /** Adds the numbers that are looked up on demand. Call it once. */
  watch(sources: MetricsSources): void {
    const registers = [this.#registry];
    new Gauge({
      name: "coatcheck_open_connections",
      help: "What sessions have open here: WebSockets and event streams (lasting), and requests under way (other).",
      labelNames: ["kind"],
      registers,
      collect() {
        const { lasting, other } = sources.openConnections();
        this.set({ kind: "lasting" }, lasting);
        this.set({ kind: "other" }, other);
      },
    });
    new Gauge({
      name: "coatcheck_sessions_with_open_connections",
      help: "Sessions that have something open here.",
      registers,
      collect() {
        this.set(sources.openConnections().sessions);
      },
    });
    new Gauge({
      name: "coatcheck_upstream_up",
      help: "0 while an upstream takes no connections and is answered for at once; otherwise 1.",
      labelNames: ["upstream"],
      registers,
      collect() {
        for (const { upstream, isUp } of sources.upstreams()) this.set({ upstream }, isUp ? 1 : 0);
      },
    });
    new Gauge({
      name: "coatcheck_clock_skew_seconds",
      help: "How far this machine's clock was ahead of the session store's at the latest login or check of readiness.",
      registers,
      collect() {
        this.set(sources.clockSkewSeconds());
      },
    });
    new Counter({
      name: "coatcheck_log_lines_dropped_total",
      help: "Lines that are missing in the log: they could not be written, or strangers caused too many of them.",
      labelNames: ["reason"],
      registers,
      collect() {
        this.reset();
        const { unwritable, flood } = sources.logLoss();
        this.inc({ reason: "unwritable" }, unwritable);
        this.inc({ reason: "flood" }, flood);
      },
    });
    new Counter({
      name: "coatcheck_audit_events_dropped_total",
      help: "Events that are missing in the audit log because its database did not answer for too long.",
      registers,
      collect() {
        this.reset();
        this.inc(sources.droppedAuditEvents());
      },
    });
  }

  /** The media type of `read`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All numbers, in the text format of Prometheus. */
  read(): Promise<string> {
    return this.#registry.metrics();
  }

  /** `status` is null for a request that was aborted before its answer. */
  requestAnswered(handler: RequestHandler, status: number | null, seconds: number): void {
    this.#requests.observe({ handler, status: labelOf(status) }, seconds);
  }

  /** `outcome` is the status of the answer, or the code of the failure. */
  upstreamAnswered(upstream: string, outcome: number | string, seconds: number): void {
    this.#upstreams.observe({ upstream, outcome: typeof outcome === "number" ? labelOf(outcome) : outcome }, seconds);
  }

  storeCalled(operation: string, outcome: "ok" | "fault", seconds: number): void {
    this.#store.observe({ operation, outcome }, seconds);
  }

  eventHappened({ event, detail }: Pick<SecurityReport, "event" | "detail">): void {
    this.#events.inc({ event });
    const limit = passwordLimits.find((one) => one === detail?.limit);
    if (limit !== undefined) this.#passwords.inc({ limit });
  }

  passRuleAsked(outcome: QuestionOutcome): void {
    this.#passRule.inc({ outcome });
  }

  channelIs(state: ChannelState): void {
    this.#channel.set(state === "open" ? 1 : 0);
  }

  close(): void {
    this.#registry.clear();
  }
}

/** A service chooses its statuses, and may let its clients choose them. */
function labelOf(status: number | null): string {
  if (status === null) return "broken_off";
  return status in STATUS_CODES ? String(status) : "other";
}

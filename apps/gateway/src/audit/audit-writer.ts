import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "coatcheck";
import type { AuditEvent } from "./audit-event.ts";
import type { AuditLog } from "./audit-log.ts";
import { FloodLimit } from "./flood-limit.ts";
import type { RequestOrigin } from "./request-origin.ts";
import type { SecurityReport } from "./security-events.ts";
import { toAuditEvent } from "./to-audit-event.ts";

export interface AuditWriterParts {
  readonly log: AuditLog;
  readonly clock: Clock;
  /** The number of events that may wait to be written. Further ones are dropped. */
  readonly maximumWaiting?: number;
}

const MAXIMUM_WAITING = 10_000;
/** Requests from an unknown address count as coming from one place. No real address is empty. */
const UNKNOWN_ADDRESS = "";
/** Small, because SQLite blocks the event loop for the length of a batch. */
const BATCH = 200;

/**
 * AuditWriter writes reported events in the background: a request neither waits for it nor fails with it. While the
 * database does not answer, events wait. Events for which there is no room are dropped, and counted in an event of
 * their own once there is room. A process that is killed loses the events of the last second.
 */
export class AuditWriter {
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #maximumWaiting: number;
  readonly #flood = new FloodLimit();
  #waiting: AuditEvent[] = [];
  #droppedUnsaid = 0;
  #dropped = 0;
  #flushing: Promise<void> | null = null;

  constructor({ log, clock, maximumWaiting = MAXIMUM_WAITING }: AuditWriterParts) {
    this.#log = log;
    this.#clock = clock;
    this.#maximumWaiting = maximumWaiting;
  }

  /** The number of events dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes an event. Never throws and never waits. */
  record(report: SecurityReport, origin: RequestOrigin | null): void {
    const now = this.#clock.now();
    const clientAddress = origin === null ? null : (origin.clientAddress ?? UNKNOWN_ADDRESS);
    const isKept = this.#flood.admits(report.event, { clientAddress, userId: report.userId ?? null }, now);
    if (isKept) this.#add(toAuditEvent(report, origin, now));
  }

  /**
   * Writes the waiting events. Call it every second. A fault leaves the events waiting. Calls that overlap share one
   * flush.
   */
  flush(): Promise<void> {
    this.#flushing ??= this.#flushAll(false).finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** Flushes for the last time, including the counts so far. Events that cannot be written now are lost. */
  async close(): Promise<void> {
    await this.#flushing?.catch(() => undefined);
    await this.#flushAll(true);
  }

  async #flushAll(isLast: boolean): Promise<void> {
    for (const { event, clientAddress, count } of this.#flood.takeSuppressed(this.#clock.now(), isLast)) {
      const isKnown = clientAddress !== null && clientAddress !== UNKNOWN_ADDRESS;
      const origin = isKnown ? { requestId: null, clientAddress, userAgent: null } : null;
      this.#add({ ...toAuditEvent({ event, detail: { suppressed: count } }, null, this.#clock.now()), ...origin });
    }
    while (this.#waiting.length > 0 || this.#droppedUnsaid > 0) {
      this.#sayWhatWasDropped();
      const batch = this.#waiting.slice(0, BATCH);
      await this.#log.append(batch);
      this.#waiting.splice(0, batch.length);
      // Lets the event loop turn in between, for the requests that arrived meanwhile.
      await nextTurn();
    }
  }

  #add(event: AuditEvent): void {
    if (this.#waiting.length < this.#maximumWaiting) {
      this.#waiting.push(event);
      return;
    }
    this.#dropped++;
    this.#droppedUnsaid++;
  }

  /** This event may exceed the limit by one: the report of missing events must not itself go missing. */
  #sayWhatWasDropped(): void {
    if (this.#droppedUnsaid === 0 || this.#waiting.length > this.#maximumWaiting) return;
    const detail = { dropped: this.#droppedUnsaid };
    this.#waiting.push(toAuditEvent({ event: "audit_dropped", detail }, null, this.#clock.now()));
    this.#droppedUnsaid = 0;
  }
}

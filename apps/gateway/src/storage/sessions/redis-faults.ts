import type { Cluster, Redis } from "ioredis";
import { messageOf, type OnConnectionFault, OutageReport } from "../connection-fault.ts";

/** RedisFaults keeps the latest fault of a client's connections, and reports outages. */
export class RedisFaults {
  #latest: string | null = null;
  /** The latest fault of one Sentinel, or of one server of a cluster. It says more than that all of them failed. */
  #latestOfOne: string | null = null;
  #report: OutageReport | null = null;

  constructor(client: Redis | Cluster) {
    client.on("error", (error: Error) => {
      this.#latest = messageOf(error);
      this.#report?.failed(error);
    });
    client.on("ready", () => this.#report?.recovered());
    for (const event of ["sentinelError", "node error"]) {
      client.on(event, (error: Error) => {
        this.#latestOfOne = messageOf(error);
      });
    }
  }

  get latest(): string | null {
    return this.#latestOfOne ?? this.#latest;
  }

  /** Starts reporting outages. Until then, faults reach the caller that opens the connection. */
  reportTo(onFault: OnConnectionFault): void {
    this.#report = new OutageReport(onFault);
  }
}

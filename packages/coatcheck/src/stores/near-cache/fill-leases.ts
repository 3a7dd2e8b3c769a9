/**
 * Taken before a read is sent. Once the lease is overtaken, the record that was read may be older than other news of
 * it.
 */
export interface FillLease {
  readonly userKey: string;
  /** Pending reads that use this lease. */
  readers: number;
  isOvertaken: boolean;
}

/**
 * FillLeases tells whether a pending read was overtaken by a removal, a write of this process or an interruption. Reads
 * of one session share a lease until something overtakes them; the next read takes another one. There are never more
 * leases than pending reads, and none is mistaken for a later one.
 */
export class FillLeases {
  /** By session id, the leases that are not overtaken. */
  readonly #leases = new Map<string, FillLease>();

  take(sessionId: string, userKey: string): FillLease {
    let lease = this.#leases.get(sessionId);
    if (lease === undefined) {
      lease = { userKey, readers: 0, isOvertaken: false };
      this.#leases.set(sessionId, lease);
    }
    lease.readers += 1;
    return lease;
  }

  release(sessionId: string, lease: FillLease): void {
    lease.readers -= 1;
    if (lease.readers === 0 && this.#leases.get(sessionId) === lease) this.#leases.delete(sessionId);
  }

  overtake(sessionId: string): void {
    const lease = this.#leases.get(sessionId);
    if (lease !== undefined) lease.isOvertaken = true;
    this.#leases.delete(sessionId);
  }

  overtakeUser(userKey: string): void {
    for (const [sessionId, lease] of this.#leases) if (lease.userKey === userKey) this.overtake(sessionId);
  }

  overtakeAll(): void {
    for (const sessionId of this.#leases.keys()) this.overtake(sessionId);
  }
}

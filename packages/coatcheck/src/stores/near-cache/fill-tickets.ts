/** Taken before a read is sent. Once overtaken, what the read brings may be older than what is known since. */
export interface FillTicket {
  readonly userKey: string;
  /** Reads that are under way with it. */
  readers: number;
  isOvertaken: boolean;
}

/**
 * FillTickets tells whether a read was overtaken by a removal, a write of one's own or an interruption while it was
 * under way. Reads of one session share a ticket until something overtakes them; the next read takes another one. So
 * there are as many as reads under way, and none is ever mistaken for a later one.
 */
export class FillTickets {
  /** By session id, those that are not overtaken. */
  readonly #tickets = new Map<string, FillTicket>();

  take(sessionId: string, userKey: string): FillTicket {
    let ticket = this.#tickets.get(sessionId);
    if (ticket === undefined) {
      ticket = { userKey, readers: 0, isOvertaken: false };
      this.#tickets.set(sessionId, ticket);
    }
    ticket.readers += 1;
    return ticket;
  }

  release(sessionId: string, ticket: FillTicket): void {
    ticket.readers -= 1;
    if (ticket.readers === 0 && this.#tickets.get(sessionId) === ticket) this.#tickets.delete(sessionId);
  }

  overtake(sessionId: string): void {
    const ticket = this.#tickets.get(sessionId);
    if (ticket !== undefined) ticket.isOvertaken = true;
    this.#tickets.delete(sessionId);
  }

  overtakeUser(userKey: string): void {
    for (const [sessionId, ticket] of this.#tickets) if (ticket.userKey === userKey) this.overtake(sessionId);
  }

  overtakeAll(): void {
    for (const sessionId of this.#tickets.keys()) this.overtake(sessionId);
  }
}

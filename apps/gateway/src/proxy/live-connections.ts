/** What is open, and says when it no longer is. */
interface Connection {
  once(event: "close", listener: () => void): unknown;
}

interface OpenSession {
  readonly userId: string;
  readonly id: string;
}

interface OpenConnections extends OpenSession {
  readonly ends: Map<Connection, () => void>;
}

/**
 * LiveConnections knows what is open on behalf of which session: streams, downloads, WebSockets. When a session ends,
 * what it opened ends too, whoever ended it and wherever.
 */
export class LiveConnections {
  /** By session id: ids are random, and none is used twice. */
  readonly #sessions = new Map<string, OpenConnections>();

  /** `end` closes the connection in its own way. It is called once, if the session ends first. */
  add({ userId, id }: OpenSession, connection: Connection, end: () => void): void {
    const open = this.#sessions.get(id) ?? { userId, id, ends: new Map<Connection, () => void>() };
    this.#sessions.set(id, open);
    open.ends.set(connection, end);
    connection.once("close", () => {
      open.ends.delete(connection);
      if (open.ends.size === 0 && this.#sessions.get(id) === open) this.#sessions.delete(id);
    });
  }

  /** Ends everything of one session. Returns how many connections that was. */
  end(sessionId: string): number {
    const open = this.#sessions.get(sessionId);
    if (open === undefined) return 0;
    this.#sessions.delete(sessionId);
    const ends = [...open.ends.values()];
    for (const end of ends) end();
    return ends.length;
  }

  /** Sessions with something open. */
  sessions(): readonly OpenSession[] {
    return [...this.#sessions.values()];
  }

  get size(): number {
    let size = 0;
    for (const { ends } of this.#sessions.values()) size += ends.size;
    return size;
  }
}

/** What is open, and says when it no longer is. */
interface Connection {
  once(event: "close", listener: () => void): unknown;
}

export interface OpenSession {
  readonly userId: string;
  readonly id: string;
}

interface Opened {
  /** What the route asked for; null for a login alone. */
  readonly role: string | null;
  readonly end: () => void;
}

interface OpenConnections extends OpenSession {
  readonly connections: Map<Connection, Opened>;
}

/**
 * LiveConnections knows what is open on behalf of which session: streams, downloads, WebSockets. When a session ends,
 * what it opened ends too, whoever ended it and wherever; when its user loses a role, what that role opened.
 */
export class LiveConnections {
  /** By session id: ids are random, and none is used twice. */
  readonly #sessions = new Map<string, OpenConnections>();

  /** `opened.end` closes the connection in its own way. It is called once, if the session or the role ends first. */
  add({ userId, id }: OpenSession, connection: Connection, opened: Opened): void {
    const open = this.#sessions.get(id) ?? { userId, id, connections: new Map<Connection, Opened>() };
    this.#sessions.set(id, open);
    open.connections.set(connection, opened);
    connection.once("close", () => {
      open.connections.delete(connection);
      if (open.connections.size === 0 && this.#sessions.get(id) === open) this.#sessions.delete(id);
    });
  }

  /** Ends everything of one session. Returns how many connections that was. */
  end(sessionId: string): number {
    return this.#endWhere(sessionId, () => true);
  }

  /** Ends what a session opened by a role that is not among these. */
  endWithoutRole(sessionId: string, roles: readonly string[]): number {
    return this.#endWhere(sessionId, ({ role }) => role !== null && !roles.includes(role));
  }

  /** Sessions with something open. */
  sessions(): readonly OpenSession[] {
    return [...this.#sessions.values()];
  }

  #endWhere(sessionId: string, isOver: (opened: Opened) => boolean): number {
    const open = this.#sessions.get(sessionId);
    if (open === undefined) return 0;
    const over = [...open.connections].filter(([, opened]) => isOver(opened));
    for (const [connection] of over) open.connections.delete(connection);
    if (open.connections.size === 0) this.#sessions.delete(sessionId);
    for (const [, { end }] of over) end();
    return over.length;
  }
}

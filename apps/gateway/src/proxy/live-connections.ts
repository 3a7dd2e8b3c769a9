/** What is open, and says when it no longer is. */
interface Connection {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

export interface OpenSession {
  readonly userId: string;
  readonly id: string;
}

interface Opened {
  /** What the route asked for; null for a login alone. */
  readonly role: string | null;
  /** A WebSocket or a stream of events: nobody knows when it will be over. */
  readonly isLasting: boolean;
  readonly end: () => void;
}

interface OpenConnections extends OpenSession {
  readonly connections: Map<Connection, Opened>;
}

/**
 * More than a person's tabs have, and a browser's own limits allow about as many; few enough that one session, which
 * may be stolen, cannot take up the connections that a service has for everybody.
 */
const MAXIMUM_LASTING_CONNECTIONS = 100;

/**
 * LiveConnections knows what is open on behalf of which session: streams, downloads, WebSockets. When a session ends,
 * what it opened ends too, whoever ended it and wherever; when its user loses a role, what that role opened.
 */
export class LiveConnections {
  /** By session id: ids are random, and none is used twice. */
  readonly #sessions = new Map<string, OpenConnections>();

  /**
   * False, and nothing is added, for a lasting connection more than a session may have. It counts until it closes, however
   * that comes about; one that is closed already is not counted. `opened.end` closes the connection in its own way. It is
   * called once, if the session or the role ends first.
   */
  add({ userId, id }: OpenSession, connection: Connection, opened: Opened): boolean {
    if (connection.destroyed) return true;
    const open = this.#sessions.get(id) ?? { userId, id, connections: new Map<Connection, Opened>() };
    if (opened.isLasting && lastingAmong(open.connections) >= MAXIMUM_LASTING_CONNECTIONS) return false;
    this.#sessions.set(id, open);
    open.connections.set(connection, opened);
    connection.once("close", () => {
      open.connections.delete(connection);
      if (open.connections.size === 0 && this.#sessions.get(id) === open) this.#sessions.delete(id);
    });
    return true;
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

/** Counted anew, so that there is no number that could be wrong. */
function lastingAmong(connections: ReadonlyMap<Connection, Opened>): number {
  let count = 0;
  for (const { isLasting } of connections.values()) if (isLasting) count++;
  return count;
}

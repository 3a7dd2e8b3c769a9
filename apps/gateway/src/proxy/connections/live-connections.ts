/** An open connection, which reports its end. */
interface Connection {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

export interface OpenSession {
  readonly userId: string;
  readonly id: string;
}

/** The decision about a connection that is to be opened. */
export type Opening =
  | "opened"
  /** The session has as many as it may. */
  | "too_many"
  /** The session ended while it was being decided whether this connection may be. */
  | "ended";

interface Opened {
  /** The access that the route required; null for a login alone. */
  readonly role: string | null;
  /** A WebSocket or a stream of events, which may last for hours. */
  readonly isLasting: boolean;
  readonly end: () => void;
}

interface OpenConnections extends OpenSession {
  readonly connections: Map<Connection, Opened>;
}

/**
 * More than a person's tabs need, and about as many as a browser allows; few enough that one session, which may be
 * stolen, cannot use up a service's connections.
 */
const MAXIMUM_LASTING_CONNECTIONS = 100;
/** With those that end by themselves: downloads, and requests that wait for an answer. A program may send many at once. */
const MAXIMUM_CONNECTIONS = 1_000;
/** Longer than a decision takes. */
const ENDED_IS_KNOWN_FOR_MILLISECONDS = 30_000;

/**
 * LiveConnections knows which connections each session has opened: requests on their way, downloads, streams,
 * WebSockets. When a session ends, on whichever node, its connections end too. When its user loses a role, the
 * connections that the role allowed end.
 */
export class LiveConnections {
  /** By session id: ids are random, and none is used twice. */
  readonly #sessions = new Map<string, OpenConnections>();
  /**
   * When sessions ended, of late. A request may be let in just before its session ends and get here just after: that
   * end would not be announced again.
   */
  readonly #endedAt = new Map<string, number>();
  readonly #now: () => number;

  /** `now` in milliseconds, from anywhere. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Adds a connection. It counts until it closes, however that comes about; one that is closed already is not counted.
   * `opened.end` closes the connection in its own way. It is called once, if the session or the role ends first.
   */
  open({ userId, id }: OpenSession, connection: Connection, opened: Opened): Opening {
    if (this.#endedAt.has(id)) return "ended";
    if (connection.destroyed) return "opened";
    const open = this.#sessions.get(id) ?? { userId, id, connections: new Map<Connection, Opened>() };
    if (open.connections.size >= MAXIMUM_CONNECTIONS) return "too_many";
    if (opened.isLasting && lastingAmong(open.connections) >= MAXIMUM_LASTING_CONNECTIONS) return "too_many";
    this.#sessions.set(id, open);
    open.connections.set(connection, opened);
    connection.once("close", () => {
      open.connections.delete(connection);
      if (open.connections.size === 0 && this.#sessions.get(id) === open) this.#sessions.delete(id);
    });
    return "opened";
  }

  /** Of one that is open: it turns out to last. False, and all stays as it was, for one more than a session may have. */
  becomesLasting({ id }: OpenSession, connection: Connection): boolean {
    const connections = this.#sessions.get(id)?.connections;
    const opened = connections?.get(connection);
    // It has just been closed.
    if (connections === undefined || opened === undefined) return true;
    if (lastingAmong(connections) >= MAXIMUM_LASTING_CONNECTIONS) return false;
    connections.set(connection, { ...opened, isLasting: true });
    return true;
  }

  /** Ends everything of one session, which is over. Returns how many connections that was. */
  end(sessionId: string): number {
    this.#remember(sessionId);
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

  /** How much is open now, of all sessions. */
  count(): { readonly lasting: number; readonly other: number; readonly sessions: number } {
    let [all, lasting] = [0, 0];
    for (const { connections } of this.#sessions.values()) {
      all += connections.size;
      lasting += lastingAmong(connections);
    }
    return { lasting, other: all - lasting, sessions: this.#sessions.size };
  }

  #remember(sessionId: string): void {
    const now = this.#now();
    for (const [id, endedAt] of this.#endedAt) {
      if (now - endedAt < ENDED_IS_KNOWN_FOR_MILLISECONDS) break;
      this.#endedAt.delete(id);
    }
    this.#endedAt.set(sessionId, now);
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

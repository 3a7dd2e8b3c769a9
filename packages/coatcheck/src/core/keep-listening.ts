/** A connection that hears a server's announcements. */
export interface Subscription {
  /** Rejects if the connection no longer works. */
  ping(): Promise<unknown>;
  /** Closes the connection without waiting. It no longer matters whether it ends well. */
  close(): void;
}

/** Reports of one connection, while it is opened and afterwards. */
export interface ListeningAttempt {
  /** Aborted once nothing that this connection reports counts any more. */
  readonly signal: AbortSignal;
  /** Call it when the connection is lost. */
  lose(reason?: unknown): void;
}

/** How to open a connection, and which functions hear of its state. */
export interface ListeningOptions {
  /** Ends the loop. */
  readonly signal: AbortSignal;
  /**
   * Opens a connection of its own and resolves when it hears everything from then on. It never reconnects by itself,
   * because the loop has to report every gap.
   */
  readonly listen: (attempt: ListeningAttempt) => Promise<Subscription>;
  /** From now on, no message is missed. */
  readonly onOpen: () => void;
  /** Messages may have been missed. Called after every failed attempt, too. */
  readonly onInterrupted: () => void;
  /** Called with the reason why a connection was lost or could not be opened. By default nothing is called. */
  readonly onFault?: (error: unknown) => void;
  /** The deadline for opening a connection; 2,000 by default. */
  readonly openingMilliseconds?: number;
}

const HEARTBEAT_MILLISECONDS = 1_000;
/** The deadline for opening a connection and for the answer to a heartbeat. */
const DEADLINE_MILLISECONDS = 2_000;
const SHORTEST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 2_000;

/**
 * Listens to a server until `signal` aborts: reconnects after each failure, asks every second whether the connection still
 * works, and reports every gap. It keeps no process alive.
 */
export async function keepListening(options: ListeningOptions): Promise<void> {
  const { signal, onInterrupted } = options;
  for (let failures = 0; !signal.aborted; failures += 1) {
    if (await listenOnce(options)) failures = 0;
    if (signal.aborted) return;
    onInterrupted();
    await pause(pauseAfter(failures), signal);
  }
}

/** Resolves when the connection hears nothing any more: with true if it could hear anything before. */
async function listenOnce(options: ListeningOptions): Promise<boolean> {
  const lost = new AbortController();
  const ended = AbortSignal.any([options.signal, lost.signal]);
  const attempt: ListeningAttempt = { signal: ended, lose: (reason) => lost.abort(reason) };
  const subscription = await open(options, attempt).catch((error: unknown) => lost.abort(error));
  if (!ended.aborted) options.onOpen();
  while (subscription !== undefined && !ended.aborted) {
    await pause(HEARTBEAT_MILLISECONDS, ended);
    if (!ended.aborted) await withinDeadline(subscription.ping()).catch((error: unknown) => lost.abort(error));
  }
  if (!options.signal.aborted) options.onFault?.(lost.signal.reason);
  subscription?.close();
  return subscription !== undefined;
}

async function open(
  { listen, openingMilliseconds }: ListeningOptions,
  attempt: ListeningAttempt,
): Promise<Subscription> {
  const opening = listen(attempt);
  try {
    return await withinDeadline(opening, openingMilliseconds);
  } catch (error) {
    // A connection that opens too late must be closed, because nothing watches it.
    opening.then((late) => late.close()).catch(() => {});
    throw error;
  }
}

/** Grows with each failure and has a random part, so that a server that comes back is not flooded. */
function pauseAfter(failures: number): number {
  const longest = Math.min(LONGEST_PAUSE_MILLISECONDS, SHORTEST_PAUSE_MILLISECONDS * 2 ** failures);
  return longest / 2 + Math.random() * (longest / 2);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds).unref();
    signal.addEventListener("abort", end);
  });
}

function withinDeadline<Result>(work: Promise<Result>, milliseconds = DEADLINE_MILLISECONDS): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("The server did not answer in time.")), milliseconds).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

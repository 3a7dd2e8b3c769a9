/** A point in time: whole milliseconds since the Unix epoch, UTC. */
export type Timestamp = number;

/** Clock is the only source of time, so that tests can move it. */
export interface Clock {
  now(): Timestamp;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

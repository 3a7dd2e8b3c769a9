/** Milliseconds since 1970. */
export type Timestamp = number;

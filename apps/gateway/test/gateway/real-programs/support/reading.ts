/** What a service read of a request, as it reports it itself. */
export interface Reading {
  /** The part of the service that its own router chose. */
  readonly acted: "admin" | "tasks" | "other";
  /** What it acts on: each character is a byte. Some services decode it, and some leave that to their routes. */
  readonly path: string;
  readonly method: string;
  readonly host: string;
  /** The headers, and whatever else it is told, by the names that it looks up. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Null for what the gateway or the server before the service answered by itself. */
export function readingIn(body: string): Reading | null {
  return body.includes('"acted":') ? (JSON.parse(body) as Reading) : null;
}

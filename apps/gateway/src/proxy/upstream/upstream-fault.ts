/** A fault with an upstream, as the log has it. */
export interface UpstreamFault {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/**
 * The code of the error, without the rest: HTTP parsers add the bytes that they could not read, and those are an
 * upstream's answer to a user, cookies included.
 */
export function upstreamFault(error: unknown): UpstreamFault {
  if (!(error instanceof Error)) return { type: typeof error, code: null, message: "" };
  return { type: error.name, code: "code" in error ? String(error.code) : null, message: error.message };
}

/** Errors of this machine, which is short of files, memory or ports. The upstream may be up. */
const OWN_SHORTAGES: ReadonlySet<string | null> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"]);

/** Whether a connection failed because of this machine, of which nothing follows for the upstream. */
export function isOwnShortage(error: unknown): boolean {
  return OWN_SHORTAGES.has(upstreamFault(error).code);
}

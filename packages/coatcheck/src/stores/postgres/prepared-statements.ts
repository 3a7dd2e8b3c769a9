import { createHash } from "node:crypto";
import { CoatcheckError } from "../../errors.ts";

const NAME_CHARACTERS = 20;
const names = new Map<string, string>();

/**
 * The name under which a connection keeps the statement. It follows from the text, so that two versions or schemas on
 * one pool never share a name. Remembered, because there are few statements and they run again and again.
 */
export function nameOfStatement(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `coatcheck_${createHash("sha256").update(text).digest("base64url").slice(0, NAME_CHARACTERS)}`;
  names.set(text, name);
  return name;
}

/** The error codes for a name that the connection does not know, and for one that it knows already. */
const LOST: ReadonlySet<unknown> = new Set(["26000", "42P05"]);

/** Null for any other error. The statement was refused before it ran, and its connection is closed. */
export function lostStatement(cause: unknown): CoatcheckError | null {
  // Recognised by its code, because an error may be of another realm, as under Jest.
  if (!LOST.has((Object(cause) as { readonly code?: unknown }).code)) return null;
  const instead = "give the store preparedStatements: false, or set max_prepared_statements of PgBouncer 1.21 or later";
  const message = `The connection to Postgres does not keep prepared statements: ${instead}.`;
  return new CoatcheckError("store_unavailable", message, { cause });
}

import type { GuardedRequest } from "./guarded-request.ts";

/** The facts about a response when its headers are about to leave. */
export interface OutgoingResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** A header to write. `append` adds a field; `set` replaces what is there. */
export interface HeaderEdit {
  readonly name: string;
  readonly value: string;
  readonly mode: "set" | "append";
}

/** The request of the response, and its session. */
interface AnsweredRequest {
  readonly request: GuardedRequest;
  /** Whether the response writes or deletes the session's cookie. */
  readonly carriesCookie: boolean;
  readonly isLoggedIn: boolean;
}

/** Caches that get a header of their own ignore Cache-Control (RFC 9213; Surrogate-Control before it). */
const TARGETED = ["cdn-cache-control", "surrogate-control"] as const;

/**
 * The edits for an application that sets no caching headers: made once, because nearly every response gets one of them.
 */
const NOT_STORED: readonly HeaderEdit[] = [{ name: "cache-control", value: "private, no-store", mode: "set" }];
const NOT_UNASKED: readonly HeaderEdit[] = [{ name: "cache-control", value: "private, no-cache", mode: "set" }];
const NONE: readonly string[] = [];
const SAYS_NOTHING: ReadonlyArray<readonly HeaderEdit[]> = [NOT_STORED, NOT_UNASKED];

/** The destinations of the Fetch standard that show a document. */
const SHOWN: ReadonlySet<string> = new Set(["document", "iframe", "frame", "embed", "object"]);

export function isPublic(response: OutgoingResponse): boolean {
  return (
    isTargeted(response) ||
    directives(response.headers.get("cache-control")).some((directive) => /^(public|s-maxage)\b/i.test(directive))
  );
}

/** Request headers that responses depend on. */
export interface VaryFields {
  readonly fields: readonly string[];
  /** The edit for an application that sets no `Vary`, as for nearly every response: made once. */
  readonly alone: readonly HeaderEdit[];
  /** That edit after the usual caching edits, for an application that sets neither: made once, too. */
  readonly usual: ReadonlyMap<readonly HeaderEdit[], readonly HeaderEdit[]>;
}

export function varyFieldsOf(...fields: readonly string[]): VaryFields {
  const alone: readonly HeaderEdit[] = [{ name: "vary", value: fields.join(", "), mode: "set" }];
  return { fields, alone, usual: new Map(SAYS_NOTHING.map((caching) => [caching, [...caching, ...alone]])) };
}

/** The `Vary` fields to add to those of the application. */
function varyBy(response: OutgoingResponse, { fields, alone }: VaryFields): readonly HeaderEdit[] {
  const given = response.headers.get("vary");
  if (given === null) return alone;
  const present = new Set(directives(given).map((field) => field.toLowerCase()));
  const missing = fields.filter((field) => !present.has(field.toLowerCase()));
  if (missing.length === 0 || present.has("*")) return [];
  return [{ name: "vary", value: [...(given === "" ? [] : [given]), ...missing].join(", "), mode: "set" }];
}

/** The edits, followed by `Vary`: nearly always one of the lists that were made before. */
export function withVary(
  edits: readonly HeaderEdit[],
  response: OutgoingResponse,
  varyFields: VaryFields,
): readonly HeaderEdit[] {
  const vary = varyBy(response, varyFields);
  const usual = vary === varyFields.alone ? varyFields.usual.get(edits) : undefined;
  return usual ?? [...edits, ...vary];
}

/**
 * The caching rules of a response that depends on the session. No cache keeps a response that carries the session's
 * cookie (OWASP ASVS 5.0, 14.3.2): a shared cache would hand the session to strangers. Any other response stays with
 * its reader, unless the application was stricter; `public` counts as a mistake and becomes `private`. No cache keeps a
 * page for a user who is logged in either, unless the application says how long it may be kept.
 */
export function cacheControl(
  response: OutgoingResponse,
  { request, carriesCookie, isLoggedIn }: AnsweredRequest,
): readonly HeaderEdit[] {
  const told = toldOf(response);
  const header = response.headers.get("cache-control");
  const isOwnPage = isLoggedIn && isPage(request, response);
  // Nearly every response: the application has set nothing that needs weighing.
  if (header === null && told.length === 0) return carriesCookie || isOwnPage ? NOT_STORED : NOT_UNASKED;
  return weighed(header, told, { carriesCookie, isLoggedIn, isOwnPage });
}

interface Weighing extends Omit<AnsweredRequest, "request"> {
  readonly isOwnPage: boolean;
}

/** The remaining part of the application's rules, and the edits for caches that got headers of their own. */
function weighed(
  header: string | null,
  told: readonly string[],
  { carriesCookie, isLoggedIn, isOwnPage }: Weighing,
): readonly HeaderEdit[] {
  const set = (value: string, name = "cache-control"): HeaderEdit => ({ name, value, mode: "set" });
  // Such a cache ignores Cache-Control, and few observe Vary: it would hand one user's answer to the next.
  const untold = carriesCookie || isLoggedIn ? told.map((name) => set("no-store", name)) : [];
  if (carriesCookie) return [set("private, no-store"), ...untold];
  const given = directives(header);
  const kept = given.filter((directive) => !/^(public|private|s-maxage)\b/i.test(directive));
  const isAllowed = kept.length > 0 || given.some((directive) => /^private\b/i.test(directive));
  // After a logout, the browser's Back would show the page again: with any weaker rule the browser keeps it without
  // asking.
  if (isOwnPage && !isAllowed) return [set("private, no-store"), ...untold];
  // The rest is the application's own rule for its reader; without one, the reader must ask each time.
  return [set(["private", ...(kept.length === 0 ? ["no-cache"] : kept)].join(", ")), ...untold];
}

/** Whether a person looks at the response: by its type, or because the browser asked for something to show. */
function isPage(request: GuardedRequest, response: OutgoingResponse): boolean {
  const type = response.headers.get("content-type") ?? "";
  return (
    /^(text\/html|application\/xhtml\+xml) *(;|$)/i.test(type) || SHOWN.has(request.headers.get("sec-fetch-dest") ?? "")
  );
}

/** The kinds of caches that got a header of their own. */
function toldOf({ headers }: OutgoingResponse): readonly string[] {
  const [first, second] = TARGETED;
  if (headers.get(first) === null && headers.get(second) === null) return NONE;
  return TARGETED.filter((name) => headers.get(name) !== null);
}

function isTargeted(response: OutgoingResponse): boolean {
  return TARGETED.some((name) => !/^$|\b(no-store|private)\b/i.test(response.headers.get(name) ?? ""));
}

function directives(header: string | null): string[] {
  if (header === null || header === "") return [];
  return header
    .split(",")
    .map((directive) => directive.trim())
    .filter((directive) => directive !== "");
}

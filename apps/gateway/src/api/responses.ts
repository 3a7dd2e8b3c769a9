import { type ProblemCode, problemObject } from "../http/problem.ts";
import { objectOf, reference, type Schema } from "./schemas.ts";

/** The answers of an operation, by status. */
export type Responses = Readonly<Record<string, Schema>>;

/**
 * The problems that can replace any answer: of every request, of requests that may change something, of users'
 * requests.
 */
const OF_ANY: readonly ProblemCode[] = [
  "invalid_request",
  "duplicate_session_cookie",
  "headers_too_large",
  "internal_error",
  "unavailable",
];
const OF_UNSAFE: readonly ProblemCode[] = [
  "cross_origin_request",
  "headerless_request",
  "broken_json",
  "body_too_large",
  "unsupported_media_type",
];

export interface Refusals {
  readonly isUnsafe: boolean;
  /** Whether the operation is answered under every host name. */
  readonly isForAllHosts: boolean;
  readonly codes: readonly ProblemCode[];
  /** The other status of a code that stands for two situations. */
  readonly statuses?: Partial<Readonly<Record<ProblemCode, number>>>;
  /** Further members of the problem object, by status. */
  readonly extensions?: Readonly<Record<number, Readonly<Record<string, Schema>>>>;
}

/**
 * The problems of an operation, one response for each status. The code in a problem object says which problem it is.
 */
export function problemResponses({ codes, statuses = {}, extensions = {}, ...of }: Refusals): Responses {
  const ofHosts: readonly ProblemCode[] = of.isForAllHosts ? [] : ["misdirected_request"];
  const common = [...(of.isUnsafe ? OF_UNSAFE : []), ...OF_ANY, ...ofHosts];
  const all = [...codes, ...common].map((code) => problemObject(code, statuses[code]));
  const statusesOfAll = [...new Set(all.map(({ status }) => status))].sort();
  return Object.fromEntries(
    statusesOfAll.map((status) => {
      const problems = all.filter((problem) => problem.status === status);
      const more = extensions[status] ?? {};
      const own = { code: { enum: problems.map(({ code }) => code) }, ...more };
      const schema = { allOf: [reference("Problem"), objectOf(own)] };
      const description = problems.map(({ code, detail }) => `\`${code}\`: ${detail}`).join("\n");
      return [
        String(status),
        { description, ...headersOf(status), content: { "application/problem+json": { schema } } },
      ];
    }),
  );
}

/** The header that says when to retry, for the statuses that have one. */
function headersOf(status: number): Schema {
  if (![409, 429, 503].includes(status)) return {};
  return { headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer", minimum: 0 } } } };
}

export function jsonResponse(description: string, schema: Schema, type = "application/json"): Schema {
  return { description, content: { [type]: { schema } } };
}

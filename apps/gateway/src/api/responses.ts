import { type ProblemCode, problemObject } from "../http/problem.ts";
import { objectOf, reference, type Schema } from "./schemas.ts";

/** What an operation answers, by status. */
export type Responses = Readonly<Record<string, Schema>>;

/** What the middle of every answer may be instead: of each request, of those that may change something, of users. */
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
  /** Whether it is answered under every host name. */
  readonly isForAllHosts: boolean;
  readonly codes: readonly ProblemCode[];
  /** Where a code stands for two situations, its other status. */
  readonly statuses?: Partial<Readonly<Record<ProblemCode, number>>>;
  /** Further members of one status' problem object. */
  readonly extensions?: Readonly<Record<number, Readonly<Record<string, Schema>>>>;
}

/** The problems of an operation, one response for each status: a problem object says by its code which it was. */
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

/** When to try again, where that is known. */
function headersOf(status: number): Schema {
  if (![409, 429, 503].includes(status)) return {};
  return { headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer", minimum: 0 } } } };
}

export function jsonResponse(description: string, schema: Schema, type = "application/json"): Schema {
  return { description, content: { [type]: { schema } } };
}

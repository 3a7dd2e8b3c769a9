import { version } from "../config/version.ts";
import type { ProblemCode } from "../http/problem.ts";
import { accessBody, renewalBody } from "./access.ts";
import { loginBody } from "./login.ts";
import { passwordBody } from "./password.ts";
import { reauthenticateBody } from "./reauthenticate.ts";
import { jsonResponse, problemResponses, type Refusals, type Responses } from "./responses.ts";
import { objectOf, reference, type Schema, schemas } from "./schemas.ts";
import { revokeAllQuery } from "./sessions.ts";

interface Described {
  readonly summary: string;
  readonly answers: Responses;
  readonly body?: Schema;
  readonly parameters?: readonly Schema[];
  readonly refusals?: Pick<Partial<Refusals>, "codes" | "statuses" | "extensions">;
  /** Whether the operation is answered under every host name. */
  readonly isForAllHosts?: boolean;
  /** Whether the caller has to be logged in. */
  readonly isForUsers?: boolean;
}

const X_CSRF: Schema = {
  name: "X-CSRF",
  in: "header",
  required: false,
  schema: { const: "1" },
  description: "Where there is no Origin header: shows that no page of another site made the request.",
};
const SLIDE: Schema = {
  name: "slide",
  in: "query",
  required: false,
  schema: { const: "false" },
  description: "For polls: the request does not extend the session.",
};
const NO_CONTENT: Responses = { "204": { description: "Done." } };

/** The API in OpenAPI 3.1. The same schemas check bodies, and the codes are those of the problem table. */
export function openApiDocument(
  { origin, cookieName }: { readonly origin: string; readonly cookieName: string },
  { issuesPasses }: { readonly issuesPasses: boolean },
): Schema {
  return {
    openapi: "3.1.0",
    info: {
      title: "coatcheck gateway",
      version: version(),
      description:
        "Logins, sessions and passes. A session is a cookie, which the answers set: nothing here returns its token. " +
        "Scripts send `X-CSRF: 1`, or an Origin header of this site, with everything that changes something.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: origin }],
    components: {
      schemas,
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: cookieName, description: "Set by a login." },
      },
    },
    paths: named({ ...sessionPaths(), ...(issuesPasses && passPaths()), ...publishedPaths(), ...healthPaths() }),
  };
}

function sessionPaths(): Schema {
  return {
    "/auth/login": {
      post: operation("POST", {
        summary: "Log in: email and password for a session.",
        body: loginBody,
        answers: {
          "200": jsonResponse(
            "The cookie is set.",
            objectOf({ user: reference("User"), session: reference("Session") }),
          ),
        },
        refusals: { codes: ["invalid_credentials", "too_many_attempts", "session_limit_reached"] },
      }),
    },
    "/auth/logout": {
      post: operation("POST", { summary: "Log out. Without a session the answer is the same.", answers: NO_CONTENT }),
    },
    "/auth/me": {
      get: operation("GET", {
        summary: "Who is logged in, and by which session.",
        isForUsers: true,
        answers: { "200": jsonResponse("You.", objectOf({ user: reference("User"), session: reference("Session") })) },
      }),
    },
    "/auth/profile/{userId}": {
      get: operation("GET", {
        summary: "The profile of a user: one's own.",
        isForUsers: true,
        parameters: [inPath("userId")],
        answers: { "200": jsonResponse("You.", reference("User")) },
        refusals: { codes: ["forbidden"] },
      }),
    },
    "/auth/sessions": {
      get: operation("GET", {
        summary: "The devices that one is logged in on.",
        isForUsers: true,
        answers: {
          "200": jsonResponse("All of them.", objectOf({ sessions: { type: "array", items: reference("Session") } })),
        },
      }),
      delete: operation("DELETE", {
        summary: "Sign out everywhere else. Needs a fresh login.",
        isForUsers: true,
        parameters: [
          {
            name: "include",
            in: "query",
            schema: revokeAllQuery.properties.include,
            description: "This device too.",
          },
        ],
        answers: { "200": jsonResponse("How many.", objectOf({ revoked: { type: "integer", minimum: 0 } })) },
        refusals: { codes: ["reauthentication_required", "too_many_attempts"] },
      }),
    },
    "/auth/sessions/{id}": {
      delete: operation("DELETE", {
        summary: "Sign a device out. Another than one's own needs a fresh login.",
        isForUsers: true,
        parameters: [inPath("id")],
        answers: NO_CONTENT,
        refusals: { codes: ["reauthentication_required", "not_found"] },
      }),
    },
    "/auth/reauthenticate": {
      post: operation("POST", {
        summary: "The password once more, for a fresh login.",
        isForUsers: true,
        body: reauthenticateBody,
        answers: { "200": jsonResponse("Under a new cookie.", objectOf({ session: reference("Session") })) },
        refusals: {
          codes: ["invalid_credentials", "too_many_attempts", "session_busy"],
          statuses: { invalid_credentials: 403 },
        },
      }),
    },
    "/auth/password": {
      put: operation("PUT", {
        summary: "A new password. Every session ends, and the caller gets a new one.",
        isForUsers: true,
        body: passwordBody,
        answers: NO_CONTENT,
        refusals: {
          codes: ["invalid_credentials", "too_many_attempts", "password_refused"],
          statuses: { invalid_credentials: 403 },
          extensions: { 422: { reasons: { type: "array", minItems: 1, items: reference("PasswordRefusal") } } },
        },
      }),
    },
  };
}

function passPaths(): Schema {
  const passes = objectOf({ passes: { type: "array", items: reference("NamedPass") } });
  return {
    "/auth/access": {
      post: operation("POST", {
        summary: "Passes for files of the file service.",
        isForUsers: true,
        body: accessBody,
        answers: {
          "200": jsonResponse("One, or one for each path.", { oneOf: [reference("Pass"), passes] }),
        },
        refusals: { codes: ["invalid_path", "forbidden", "session_busy"] },
      }),
    },
    "/auth/access/renew": {
      post: operation("POST", {
        summary: "Another pass for the same file, while the session lives. Does not extend it.",
        isForUsers: true,
        body: renewalBody,
        answers: { "200": jsonResponse("The new pass.", reference("Pass")) },
        refusals: { codes: ["forbidden", "session_busy"] },
      }),
    },
  };
}

function publishedPaths(): Schema {
  const keySet = (summary: string) => ({
    get: operation("GET", {
      summary,
      isForAllHosts: true,
      answers: { "200": jsonResponse("A key set (RFC 7517).", reference("KeySet"), "application/jwk-set+json") },
    }),
  });
  return {
    "/.well-known/jwks.json": keySet("The public keys of identity tokens, for private services."),
    "/auth/access/jwks.json": keySet("The public keys of passes, for file services."),
    "/auth/access/revocations": {
      get: operation("GET", {
        summary: "Whose passes are void: a signed list, for file services.",
        isForAllHosts: true,
        answers: { "200": jsonResponse("A JWT.", { type: "string" }, "application/jwt") },
      }),
    },
  };
}

function healthPaths(): Schema {
  const get = (summary: string, value: string, isForAllHosts: boolean) => {
    const answers = { "200": jsonResponse("It is.", objectOf({ status: { const: value } })) };
    return { get: operation("GET", { summary, answers, isForAllHosts }) };
  };
  return {
    "/auth/heartbeat": get("Whether the gateway answers.", "OK", false),
    "/auth/health/live": get("Whether the process is alive.", "live", true),
    "/auth/health/ready": get(
      "Whether people can log in and out: accounts and sessions take writes, and the clock is right.",
      "ready",
      true,
    ),
    "/auth/openapi.json": {
      get: operation("GET", {
        summary: "This document.",
        answers: { "200": jsonResponse("OpenAPI 3.1.", { type: "object", required: ["openapi", "paths"] }) },
      }),
    },
  };
}

function operation(method: "GET" | "POST" | "PUT" | "DELETE", described: Described): Schema {
  const { summary, answers, body, refusals = {}, isForUsers = false, isForAllHosts = false } = described;
  const isUnsafe = method !== "GET";
  const parameters = [
    ...(described.parameters ?? []),
    ...(isUnsafe ? [X_CSRF] : []),
    ...(isForUsers && !isUnsafe ? [SLIDE] : []),
  ];
  const codes: readonly ProblemCode[] = [
    ...(isForUsers ? (["unauthenticated"] as const) : []),
    ...(refusals.codes ?? []),
  ];
  return {
    summary,
    ...(isForUsers && { security: [{ session: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: { ...answers, ...problemResponses({ ...refusals, isUnsafe, isForAllHosts, codes }) },
  };
}

function inPath(name: string): Schema {
  return { name, in: "path", required: true, schema: { type: "string" } };
}

/** Gives each operation an id, from which client generators make function names: "post_auth_login". */
function named(paths: Readonly<Record<string, unknown>>): Schema {
  const entries = Object.entries(paths as Readonly<Record<string, Readonly<Record<string, Schema>>>>);
  return Object.fromEntries(
    entries.map(([path, operations]) => {
      const words = path.split(/[^A-Za-z]+/).filter((word) => word !== "");
      const withIds = Object.entries(operations).map(([method, each]) => {
        return [method, { operationId: [method, ...words].join("_"), ...each }];
      });
      return [path, Object.fromEntries(withIds)];
    }),
  );
}

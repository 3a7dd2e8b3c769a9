import { passwordRefusals } from "../accounts/passwords/password-policy.ts";

/** A schema of JSON Schema 2020-12, which OpenAPI 3.1 uses. */
export type Schema = Readonly<Record<string, unknown>>;

/** An object with all of the given members, none of which may be missing. */
export function objectOf(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  return {
    type: "object",
    ...(description !== undefined && { description }),
    required: Object.keys(properties),
    properties,
  };
}

function text(description: string, more: Schema = {}): Schema {
  return { type: "string", description, ...more };
}

const time = (description: string) => text(description, { format: "date-time" });

const session = objectOf(
  {
    id: text("Names it in lists and revocations. Opens nothing.", { pattern: "^[A-Za-z0-9_-]{12}$" }),
    current: { type: "boolean", description: "Whether it is the one of this request." },
    device: text("What the client says it is, for people."),
    site: {
      type: ["string", "null"],
      description: "The host that the user logged in at; null where there is one only.",
    },
    ip: { type: ["string", "null"], description: "The address that it began from." },
    createdAt: time("When the user logged in."),
    lastSeenAt: time("Exact to a minute, or a tenth of the idle timeout."),
    expiresAt: time("When it ends if nothing more is heard of it."),
    remembered: { type: "boolean", description: "Whether it has the longer limits." },
  },
  "A device that the user is logged in on.",
);

const user = objectOf({ id: text("Never changes."), name: text("For people."), email: text("As it was registered.") });

const passMembers = {
  url: text("The file, with the pass in it.", { format: "uri" }),
  token: text("The pass alone, for `Authorization: Bearer` or a renewal."),
  expiresAt: time("Ask for it again before."),
};

const keySet = objectOf({ keys: { type: "array", items: { type: "object", required: ["kty", "kid", "alg", "use"] } } });

/** The body of every refusal (RFC 9457). Each operation lists its codes. */
const problem = objectOf(
  {
    type: { const: "about:blank" },
    title: text("What the status means."),
    status: { type: "integer" },
    code: text("Which problem it is. Stable: decide by it."),
    detail: text("For people."),
  },
  "A problem.",
);

/** The schemas by the names under which the document refers to them. */
export const schemas = {
  Session: session,
  User: user,
  Problem: problem,
  Pass: objectOf(passMembers),
  NamedPass: objectOf({ path: text("As it was asked for."), ...passMembers }),
  KeySet: keySet,
  PasswordRefusal: { enum: [...passwordRefusals], description: "What is wrong with a new password." },
} as const satisfies Readonly<Record<string, Schema>>;

export function reference(name: keyof typeof schemas): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

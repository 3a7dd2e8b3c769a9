import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { openApiDocument } from "../../src/api/document.ts";

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: AnySchemaObject }>> }>
  >;
}

const { paths, components } = openApiDocument(
  { origin: "http://localhost:8080", cookieName: "coatcheck-8080" },
  { issuesPasses: true },
) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
};
/** Problems are closed where they are used: some have further members. */
const closedComponents = {
  schemas: { ...(closed(components.schemas) as object), Problem: components.schemas.Problem },
};

const ajv = new Ajv2020({ strict: false });
ajvFormats.default(ajv);
const patterns = Object.keys(paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`),
}));
const validators = new Map<AnySchemaObject, ValidateFunction>();

/** Throws when an answer of the API is not one that its document has: another status, type or member. */
export async function requireDocumented(method: string, pathAndQuery: string, response: Response): Promise<void> {
  const pathname = pathAndQuery.split("?", 1)[0] ?? "";
  const path = patterns.find(({ pattern }) => pattern.test(pathname))?.path;
  // No path of the API, or not one of its methods.
  if (path === undefined || response.status === 405) return;
  // No passes are issued there.
  if (path.startsWith("/auth/access") && response.status === 404) return;
  const said = `${method} ${path} answered ${response.status}`;
  const documented = paths[path]?.[method.toLowerCase()]?.responses[response.status];
  if (documented === undefined) throw new Error(`${said}, which is not documented.`);
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const schema = documented.content?.[type]?.schema;
  if (documented.content === undefined && type === "") return;
  if (schema === undefined) throw new Error(`${said} as "${type}", which is not documented.`);
  const text = await response.clone().text();
  const validate = validatorOf(schema);
  if (validate(type.endsWith("json") ? JSON.parse(text) : text)) return;
  throw new Error(`${said} with ${text}: ${ajv.errorsText(validate.errors)}`);
}

function validatorOf(schema: AnySchemaObject): ValidateFunction {
  const known = validators.get(schema) ?? ajv.compile({ ...(closed(schema) as object), components: closedComponents });
  validators.set(schema, known);
  return known;
}

/** With no members but those that are described: clients are to ignore others, and we are to describe them. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  // What several describe together is closed as a whole.
  if ("allOf" in schema) return { ...schema, unevaluatedProperties: false };
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return inner.type === "object" && "properties" in inner ? { ...inner, unevaluatedProperties: false } : inner;
}

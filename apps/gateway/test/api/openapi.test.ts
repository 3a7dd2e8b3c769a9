import { readdir, readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { openApiDocument } from "../../src/api/document.ts";
import { problems } from "../../src/http/problem.ts";
import * as locations from "../../src/pages/page-locations.ts";
import { requireDocumented } from "../support/documented-answers.ts";

const session = {
  id: "AAAAAAAAAAAA",
  current: true,
  device: "curl",
  ip: null,
  remembered: false,
  createdAt: new Date(0),
  lastSeenAt: new Date(0),
  expiresAt: new Date(0),
};
const names = { origin: "https://app.example", cookieName: "__Host-Http-session" };

test.each([true, false])("the document is OpenAPI 3.1, with passes: %s", async (issuesPasses) => {
  const document = structuredClone(openApiDocument(names, { issuesPasses }));
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  expect([errors, valid, validator.version]).toEqual([undefined, true, "3.1"]);
  expect("/auth/access" in (document.paths as object)).toBe(issuesPasses);
});

test.each([
  [
    "another member",
    200,
    { user: { id: "1", name: "Ada", email: "a@example.com", secret: 1 }, session },
    "unevaluated",
  ],
  ["a member too few", 200, { user: { id: "1", name: "Ada" }, session }, "email"],
  ["another status", 418, {}, "not documented"],
])("an answer of the API with %s is found by the tests' client", async (_name, status, body, says) => {
  const answer = Response.json(body, { status });
  await expect(requireDocumented("GET", "/auth/me", answer)).rejects.toThrow(says);
});

test("every code that the API can answer is in it, but for those of private services and of paths", () => {
  const text = JSON.stringify(openApiDocument(names, { issuesPasses: true }));
  const missing = Object.keys(problems).filter((code) => !text.includes(`"${code}"`));
  expect(missing.sort()).toEqual([
    "method_not_allowed",
    "too_many_connections",
    "upstream_timeout",
    "upstream_unreachable",
  ]);
});

test("every route of the API is in it, by its method", async () => {
  const { paths } = openApiDocument(names, { issuesPasses: true }) as {
    readonly paths: Readonly<Record<string, object>>;
  };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const folder = new URL("../../src/api/", import.meta.url);
  const routes: string[] = [];
  // Pages are for people.
  for (const file of (await readdir(folder)).filter((name) => name !== "pages.ts")) {
    const source = await readFile(new URL(file, folder), "utf8");
    for (const [, method, path] of source.matchAll(
      /app\.(get|post|put|patch|delete)(?:<.*?>)?\(\s*("[^"]+"|\w+_PATH)/g,
    )) {
      routes.push(`${method} ${pathOf(path).replace(/:(\w+)/g, "{$1}")}`);
    }
  }
  expect(routes.sort()).toEqual(documented.sort());
});

/** A path as a route names it: in quotes, or by a constant. */
function pathOf(written = ""): string {
  return written.startsWith('"') ? written.slice(1, -1) : String(Reflect.get(locations, written));
}

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openApiDocument } from "../../src/api/document.ts";

const page = readFileSync(new URL("../../../../docs/gateway.md", import.meta.url), "utf8");
const names = { origin: "https://app.example", cookieName: "__Host-Http-session" };

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Call {
  readonly name: string;
  /** The statuses that the row names. */
  readonly statuses: readonly string[];
}

const described: ReadonlyMap<string, Operation> = (() => {
  const { paths } = openApiDocument(names, { issuesPasses: true }) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
  return new Map(operations);
})();

/** The calls of the page's table. Its row of forward-auth names no method: the description leaves that out. */
const calls: readonly Call[] = (() => {
  const [, section = ""] = /^## The API$(.*?)^## /ms.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| (`[A-Z]+ \/.*?) \| (.*) \|$/gm)];
  return rows.flatMap(([, call = "", answer = ""]) => {
    const method = /^`([A-Z]+) /.exec(call)?.[1] ?? "";
    const statuses = answer.match(/\b[2-5]\d\d\b/g) ?? [];
    return [...call.matchAll(/\/[\w./{}-]+/g)].map(([path]) => ({ name: `${method} ${path}`, statuses }));
  });
})();

test("the page's table has every call of the API, and no other", () => {
  expect(calls.map(({ name }) => name).sort()).toEqual([...described.keys()].sort());
});

test("each answer that it names is one of the call", () => {
  const wrong = calls.flatMap(({ name, statuses }) => {
    const known = Object.keys(described.get(name)?.responses ?? {});
    return statuses.filter((status) => !known.includes(status)).map((status) => `${name}: ${status}`);
  });
  expect(wrong).toEqual([]);
});

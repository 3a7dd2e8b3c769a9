import { describe, expect, test } from "vitest";
import { routeList } from "../../src/routing/route-list.ts";

const parse = (...changes: readonly object[]) =>
  routeList.parse(changes.map((each) => ({ path: "/", upstream: "http://127.0.0.1:8082", access: "login", ...each })));

test("a route is what its entry says, and careful where that says nothing", () => {
  expect(parse({})).toEqual([
    {
      host: null,
      path: "/",
      upstream: "http://127.0.0.1:8082",
      access: { kind: "login" },
      audience: "http://127.0.0.1:8082",
      identityHeaders: false,
      forwardHeaders: [],
      dropHeaders: [],
      allowEncodedSlash: false,
      allowParameters: false,
      allowEncodedPercent: false,
      allowEmptySegments: false,
      allowNonUtf8: false,
      caseInsensitive: false,
      caseSensitive: false,
      refusePathInfo: false,
      timeoutSeconds: 60,
    },
  ]);
});

test("names of headers are lists, or texts with commas, in any case", () => {
  expect(
    parse({ forwardHeaders: ["X_Tenant", "X-HTTP-Method-Override"], dropHeaders: "X_Acme_Admin, X-Other" }),
  ).toEqual([
    expect.objectContaining({
      forwardHeaders: ["x_tenant", "x-http-method-override"],
      dropHeaders: ["x-acme-admin", "x-other"],
    }),
  ]);
});

describe("an operator is told what is wrong with", () => {
  test.each([
    ["a name that no program may be told by a client", { forwardHeaders: ["remote_user"] }, "never a client's to say"],
    ["a name that goes on in any case", { forwardHeaders: ["X-Tenant"] }, "is forwarded anyway"],
    ["a name that is none", { forwardHeaders: ["x~tenant"] }, 'letters, digits, "-" and "_"'],
    ["a name to drop that is none", { dropHeaders: ["x tenant"] }, 'letters, digits, "-" and "_"'],
    [
      "case",
      { caseSensitive: true, caseInsensitive: true },
      "cannot be for a service that tells upper and lower case apart",
    ],
    // It would be a route for one path of that very name, and /admin/x would go by the route for everything.
    ["a wildcard", { path: "/admin/*", access: "role:admin" }, '"path" must have no "*": "/admin/" is for all below'],
    ["no list", { dropHeaders: 1 }, '"dropHeaders" must be a list of names of header fields'],
    ["a key that is not known", { forwardHeader: [] }, 'unknown key "forwardHeader": did you mean "forwardHeaders"?'],
  ])("%s", (_what, change, message) => {
    expect(() => parse(change)).toThrow(message);
  });
});

import { originIn } from "@coatcheck/service/parse-origin";
import { absent, constant, derived, mustBeGiven } from "@coatcheck/service/settings/defaults";
import { type Field, type Fields, field } from "@coatcheck/service/settings/field";
import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { seconds, text, trueOrFalse } from "@coatcheck/service/settings/value-types";
import { readRequestTarget } from "../one-reading/request-target.ts";
import { droppedNames, forwardedNames } from "./field-name-lists.ts";
import { routeAccess } from "./route-access.ts";

const routePath: ValueType<string> = {
  parse(value) {
    const target = typeof value === "string" ? readRequestTarget(value) : null;
    if (target === null || target.query !== "" || target.path !== value) {
      throw new InvalidValue('must be a path such as "/api/" (all below) or "/robots.txt", decoded');
    }
    // A reader would take "*" for everything below. In fact it would be one path of that name, and all other paths
    // below would use another route.
    if (target.path.includes("*")) {
      const folder = target.path.slice(0, target.path.lastIndexOf("/", target.path.indexOf("*")) + 1);
      throw new InvalidValue(`must have no "*": "${folder}" is for all below`);
    }
    return target.path;
  },
  schema: { type: "string", pattern: "^/[^*?]*$", examples: ["/api/", "/robots.txt"] },
};

const upstreamOrigin: ValueType<string> = {
  parse(value) {
    const url = typeof value === "string" ? originIn(value) : null;
    if (url === null) throw new InvalidValue('must be an origin such as "http://127.0.0.1:8082", without a path');
    return url.origin;
  },
  schema: { type: "string", pattern: "^https?://[^/?#]+/?$", examples: ["http://127.0.0.1:8082"] },
};

/** The fields of a route, as the configuration writes them. */
export const routeFields = {
  path: field({
    type: routePath,
    default: mustBeGiven('a path such as "/api/" (all below) or "/robots.txt"'),
    meaning:
      "Decoded. A path that ends in `/` covers everything below it, and itself without the slash: `/admin/` covers `/admin`. " +
      "Any other path covers itself alone. There are no wildcards: a `*` is refused. The longest route that covers a request's " +
      "path is its route.",
  }),
  upstream: field({
    type: upstreamOrigin,
    default: mustBeGiven('the origin of the service, such as "http://127.0.0.1:8082"'),
    meaning: "The origin of the service.",
  }),
  access: field({
    type: routeAccess,
    default: mustBeGiven('"public", "login", "fresh_login" or "role:NAME"'),
    meaning: "`public`, `login`, `fresh_login` or `role:NAME`.",
  }),
  host: field({
    type: text,
    default: absent("each public origin"),
    meaning: "The host of the public origin that the route is for. Its routes come before those without a host.",
  }),
  audience: field({
    type: text,
    default: derived("the `upstream`", ({ upstream }: { readonly upstream: string }) => upstream),
    meaning: "The audience (`aud`) of the identity tokens for this service.",
  }),
  identityHeaders: flag("Sets `Remote-User`, `Remote-Email`, `Remote-Name` and `Remote-Groups` as well."),
  forwardHeaders: field({
    type: forwardedNames,
    default: constant([]),
    meaning:
      "Header names that the service needs although the gateway withholds them, such as `x_tenant`, or " +
      "`X-HTTP-Method-Override` for WordPress.",
  }),
  dropHeaders: field({
    type: droppedNames,
    default: constant([]),
    meaning: "Header names that would tell this service more than a client may say.",
  }),
  timeoutSeconds: field({
    type: seconds,
    default: constant(60),
    meaning: "How long the service, or the client that sends it data, may be silent.",
  }),
  allowEncodedSlash: flag("Lets `%2F` and `%5C` pass within a segment: a project `group%2Fname`."),
  allowParameters: flag("Lets `;` pass: `/app;jsessionid=1`."),
  allowEncodedPercent: flag("Lets `%25` pass: a file `100%25.pdf`."),
  allowEmptySegments: flag("Lets `//` pass after the first name: `/plain/https://images.example/a.jpg`."),
  allowNonUtf8: flag("Lets bytes pass that are not UTF-8: `/caf%E9`."),
  caseInsensitive: flag("For a service that treats `/Admin` as `/admin`: the route covers both."),
  caseSensitive: flag("For a service that distinguishes them: `/Admin` is no spelling of a route for `/admin`."),
  refusePathInfo: flag("Refuses a path that continues after a script's name: `/index.php/admin`."),
} as const satisfies Fields;

function flag(meaning: string): Field<boolean, boolean, unknown> {
  return field({ type: trueOrFalse, default: constant(false), meaning });
}

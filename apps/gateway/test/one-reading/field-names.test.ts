import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comparedName, isForwarded, kindOfFieldName, notToBeListed } from "../../src/one-reading/field-names.ts";

const NONE = { forwardHeaders: [], dropHeaders: [] };

/** As some program or other makes a variable, a key or a name of it; each is compared without case. */
const readings: Readonly<Record<string, (name: string) => string>> = {
  "a CGI program": (name) => name.replaceAll("-", "_"),
  "PHP's older array keys": (name) => name.replaceAll(/[-. ]/g, "_"),
  "lighttpd before a script": (name) => name.replaceAll(/[^A-Za-z0-9]/g, "_"),
  "a program that leaves out what it does not know": (name) => name.replaceAll(/[^A-Za-z0-9-]/g, ""),
  "a program that stops there": (name) => name.split(/[^A-Za-z0-9-]/, 1)[0] ?? "",
};

describe("what a service would be told by a client in the words of proxies is not forwarded", () => {
  test.each([
    ["who asks", ["X-User", "X-User-Id", "X-Username", "X-Auth-User", "X-Auth-Email", "X-Auth-Request-Groups"]],
    [
      "who asks, at Kong, APISIX, Oathkeeper",
      ["X-Consumer-Username", "X-Userinfo", "X-Authenticated-Userid", "X-User"],
    ],
    ["who asks, at Azure and AWS", ["X-MS-Client-Principal", "X-MS-Client-Principal-Id", "X-Amzn-Oidc-Data"]],
    ["who asks, at Cloudflare", ["Cf-Access-Jwt-Assertion", "Cf-Access-Authenticated-User-Email", "CF-Connecting-IP"]],
    ["who asks, at others", ["Tailscale-User-Login", "X-WEBAUTH-USER", "X-Goog-Iap-Jwt-Assertion", "OIDC-CLAIM-sub"]],
    ["who asks, at old ones", ["SM_USER", "SM-UserDN", "iv-user", "OAM_REMOTE_USER", "Shib-Session-ID", "eppn"]],
    ["who asks, at services", ["Impersonate-User", "X-Hasura-Role", "X-Trino-User", "X-Scope-OrgID", "X-Proxy-User"]],
    ["a certificate", ["X-SSL-Client-Cert", "ssl-client-verify", "Client-Cert", "X-Client-Cert", "X-ARR-ClientCert"]],
    ["where from", ["X-Real-IP", "Client-IP", "X-Client-IP", "True-Client-IP", "X-Originating-IP", "Fly-Client-IP"]],
    ["where from, oddly", ["X-Custom-IP-Authorization", "X-ProxyUser-Ip", "WL-Proxy-Client-IP", "X-Azure-ClientIP"]],
    ["for which host", ["X-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "X-Backend-Host", "Forwarded"]],
    [
      "how",
      ["X-Scheme", "X-Url-Scheme", "Front-End-Https", "X-Forwarded-Ssl", "X-HTTPS", "CloudFront-Forwarded-Proto"],
    ],
    ["another method", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]],
    ["another path", ["SCRIPT_NAME", "Script-Name", "X-Script-Name", "PATH_INFO", "Request-URI", "Document-Uri"]],
    ["another path, too", ["X-Ingress-Path", "X-Accel-Mapping", "X-Sendfile-Type", "X-Original-URL", "X-Rewrite-URL"]],
    ["that it was decided already", ["X-Middleware-Subrequest", "X-Middleware-Rewrite", "X-Matched-Path"]],
    ["where a message ends", ["Transfer-Encoding", "Transfer_Encoding", "content.length", "Content-Length", "TE"]],
  ])("%s", (_what, names) => {
    for (const name of names) expect([name, isForwarded(name, NONE)]).toEqual([name, false]);
  });
});

test("what browsers and applications say is forwarded", () => {
  const names = [
    "Accept",
    "Accept-Language",
    "Content-Type",
    "Range",
    "If-None-Match",
    "User-Agent",
    "Referer",
    "Origin",
    "DNT",
    "Sec-Fetch-Site",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Upgrade-Insecure-Requests",
    "Priority",
    "Via",
    "X-Requested-With",
    "X-CSRF-Token",
    "X-XSRF-TOKEN",
    "X-CSRF",
    "X-WP-Nonce",
    "X-API-Key",
    "X-Auth-Token",
    "X-Access-Token",
    "X-Request-Id",
    "traceparent",
    "sentry-trace",
    "HX-Request",
    "Turbo-Frame",
    "X-Inertia",
    "Next-Action",
    "RSC",
    "X-Nextjs-Data",
    "X-Middleware-Prefetch",
    "X-User-Agent",
    "X-Client-Info",
    "X-Client-Data",
    "Depth",
    "Destination",
    "Lock-Token",
    "OCS-APIRequest",
    "X-OC-Mtime",
    "Tus-Resumable",
    "Upload-Offset",
    "X-Amz-Date",
    "X-Ms-Blob-Type",
    "X-Goog-Api-Key",
    "X-Emby-Token",
    "X-Plex-Token",
    "PRIVATE-TOKEN",
    "X-Hub-Signature-256",
    "X-Grafana-Org-Id",
    "X-Vault-Token",
    "X-Session-Id",
    "X-Tenant",
    "X-Device-Id",
  ];
  for (const name of names) expect([name, kindOfFieldName(name)]).toEqual([name, "plain"]);
});

const character = fc.constantFrom(..."abRemotUsrgp-_.!#$%&'*+^`|~09");
const word = fc.constantFrom(
  "remote",
  "user",
  "groups",
  "x",
  "script",
  "name",
  "forwarded",
  "for",
  "transfer",
  "encoding",
  "host",
  "path",
);
const mark = fc.constantFrom(..."-_.!#$%&'*+^`|~", "");
const anyName = fc.oneof(
  fc.string({ unit: character, minLength: 1, maxLength: 24 }),
  fc.array(fc.tuple(word, mark), { minLength: 1, maxLength: 4 }).map((parts) => parts.flat().join("")),
);

test("no program reads a name that is forwarded as one that is not", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      if (!isForwarded(name, NONE)) return;
      for (const [program, read] of Object.entries(readings)) {
        expect([program, name, kindOfFieldName(read(name))]).toEqual([
          program,
          name,
          expect.toSatisfy((kind) => kind === "plain" || (kind === "unclear" && read(name).includes("_"))),
        ]);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("two names that are forwarded are the same to a program only where they are the same", () => {
  fc.assert(
    fc.property(anyName, anyName, (first, second) => {
      if (!isForwarded(first, NONE) || !isForwarded(second, NONE)) return;
      for (const read of Object.values(readings)) {
        const isSame = read(first).toLowerCase() === read(second).toLowerCase();
        expect(isSame).toBe(first.toLowerCase() === second.toLowerCase());
      }
    }),
    { numRuns: 5_000 },
  );
});

test("no list of a route's lets pass what is the gateway's to say, in whatever spelling", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const kind = kindOfFieldName(name);
      const listed = isForwarded(name, { forwardHeaders: [name.toLowerCase()], dropHeaders: [] });
      if (listed) expect(["plain", "unclear", "of_others"]).toContain(kind);
      expect(isForwarded(name, { forwardHeaders: [name.toLowerCase()], dropHeaders: [comparedName(name)] })).toBe(
        false,
      );
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["x_tenant", null],
  ["X_Api_Key", null],
  ["X-HTTP-Method-Override", null],
  ["X-User-Id", null],
  ["x-tenant", "is forwarded anyway"],
  ["x_user_id", 'is read as one with "-" by which proxies say who asks'],
  ["remote_user", "is never a client's to say to a service"],
  ["Authorization", "is never a client's to say to a service"],
  ["SCRIPT_NAME", "is never a client's to say to a service"],
  ["content_length", "is never a client's to say to a service"],
])("a route that lists %s is told: %s", (name, reason) => {
  expect(notToBeListed(name)).toBe(reason);
});
